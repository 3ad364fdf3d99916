import { countOf } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { RisksResponse, RiskView } from '#lib/api/risks.ts';
import { type RiskKind, riskKinds } from '#lib/risks/risk.ts';
import { type Severity, severities } from '#lib/alerts/rule.ts';

/** In as few words as stand on a button. */
export const kindWords: Readonly<Record<RiskKind, string>> = {
  'dead-letters-vanish': 'Dead letters vanish',
  'dead-letters-stay': 'Dead letters are stuck',
  'no-dead-letter-queue': 'No dead-letter queue',
  'retention-not-longer': 'Kept too briefly',
  'delivery-limit': 'Delivery limit',
  unwatched: 'Nobody watches',
};

export const severityMarks: Readonly<Record<Severity, { readonly tone: Tone; readonly word: string }>> = {
  critical: { tone: 'failing', word: 'Loses messages' },
  warning: { tone: 'attention', word: 'Risk' },
  info: { tone: 'plain', word: 'Hint' },
};

export interface RiskChoice {
  /** `null`: all of them. */
  readonly connection: string | null;
  readonly kind: RiskKind | null;
}

/** The worst first, over all connections. */
export function shownRisks({ connections }: RisksResponse, choice: RiskChoice): readonly RiskView[] {
  return connections
    .filter(({ connection }) => choice.connection === null || connection === choice.connection)
    .flatMap(({ risks }) => risks)
    .filter(({ kind }) => choice.kind === null || kind === choice.kind)
    .toSorted(
      (a, b) =>
        severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
        riskKinds.indexOf(a.kind) - riskKinds.indexOf(b.kind) ||
        compare(a.connection, b.connection) ||
        compare(a.queue, b.queue),
    );
}

/** One line of the list. */
export interface RiskLineView {
  readonly risk: RiskView;
  /** Those that it stands for, in order; mostly the one. */
  readonly queues: readonly RiskView[];
}

/** That alerts have no receiver is one thing to mend, not one for each queue: the hints of it are one line. */
export function foldHints(risks: readonly RiskView[]): readonly RiskLineView[] {
  const hints = risks.filter(({ kind, severity }) => kind === 'unwatched' && severity === 'info');
  const lineOf = (risk: RiskView): RiskLineView => ({ risk, queues: [risk] });
  const [first] = hints;
  if (first === undefined || hints.length === 1) return risks.map(lineOf);
  const sentence = `Alerts about ${hints.length} dead-letter queues are told to no one.`;
  return risks.flatMap((risk) => {
    if (risk === first) return { risk: { ...first, sentence }, queues: hints };
    return hints.includes(risk) ? [] : lineOf(risk);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many of each kind there are where only the connection is chosen; kinds without any are left out. */
export function countKinds(
  response: RisksResponse,
  connection: string | null,
): readonly { readonly kind: RiskKind; readonly count: number }[] {
  const risks = shownRisks(response, { connection, kind: null });
  return riskKinds.flatMap((kind) => {
    const count = risks.filter((risk) => risk.kind === kind).length;
    return count === 0 ? [] : [{ kind, count }];
  });
}

/** What stands where no risk does: that none is known only of connections that were looked at. */
export function noRiskWords(
  { connections }: RisksResponse,
  choice: RiskChoice,
): { readonly title: string; readonly text: string } {
  const chosen = connections.filter(({ connection }) => choice.connection === null || connection === choice.connection);
  const text = 'Queues are looked at every ten minutes, and when a dead-letter queue is found.';
  if (choice.kind !== null) return { title: 'No risk of this kind here', text };
  if (chosen.length === 0) return { title: 'Not looked yet', text: 'The connections are just being opened.' };
  if (chosen.some(({ at, failing }) => at === null && failing === null)) return { title: 'Still looking', text };
  const unseen = chosen.filter(({ failing }) => failing !== null).length;
  if (unseen === chosen.length)
    return { title: 'Risks could not be looked for', text: 'Why is said below. It is tried again by itself.' };
  return { title: unseen > 0 ? 'No risk is known where it could be looked' : 'No risk is known', text };
}

/** What keeps the list from being all there is, a sentence each, by connection. */
export function gapsOf(
  { connections }: RisksResponse,
  connection: string | null,
): readonly { readonly connection: string; readonly text: string; readonly tone: Tone }[] {
  return connections
    .filter((each) => connection === null || each.connection === connection)
    .flatMap(({ connection: name, at, failing, further, notes }) => [
      ...(failing
        ? [{ connection: name, text: `The last look failed. ${failing.error.message}`, tone: 'failing' as const }]
        : at === null
          ? [{ connection: name, text: 'Not looked at yet.', tone: 'motion' as const }]
          : []),
      ...(further > 0
        ? [{ connection: name, text: `${countOf(further, 'more risk')} not listed.`, tone: 'plain' as const }]
        : []),
      ...notes.map((text) => ({ connection: name, text, tone: 'plain' as const })),
    ]);
}

/** What a command does, as far as one line tells; YAML in one line. */
export function firstLine(code: string): string {
  const [first = '', ...rest] = code.split('\n');
  return first.endsWith(':') ? [first, ...rest].map((line) => line.trim()).join(' ') : first;
}

/** As many characters as a line has in a narrow window. */
const lineCharacters = 44;

/** Words, which are not broken, and what is between them. A line may end between any two; JSON, which is long and without a space, behind a comma or a colon. */
export function commandPieces(code: string): readonly { readonly kind: 'word' | 'space'; readonly text: string }[] {
  return code
    .split(/(\s+)/)
    .flatMap((text) => (text.length > lineCharacters ? text.split(/(?<=[,:])(?=[^,:/])/) : [text]))
    .filter((text) => text !== '')
    .map((text) => ({ kind: text.trim() === '' ? 'space' : 'word', text }));
}

export function hasLongWord(code: string): boolean {
  return commandPieces(code).some(({ text }) => text.length > lineCharacters);
}

/** `shop: 14 queues`; how much was looked at, of the connections that were. */
export function lookedWords({ connections }: RisksResponse): string {
  return connections
    .filter(({ at }) => at !== null)
    .map(({ connection, queues }) => `${connection}: ${countOf(queues, 'queue')}`)
    .join(', ');
}

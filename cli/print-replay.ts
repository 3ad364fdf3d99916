import { amount, instant, printable, table } from '#cli/print.ts';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import { errorToTell } from '#lib/domain/replay-line.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';
import { itemNumber } from '#lib/replay/item-number.ts';
import { aboutTime, plannedMs, watchWords } from '#lib/replay/pace.ts';

type PlanView = ReplayView['plan'];
type PlanOptions = Pick<ReplayView['options'], 'action' | 'ratePerSecond' | 'rampSeconds' | 'canary'>;
export type Progress = Pick<ReplayView, 'number' | 'state' | 'account' | 'pace' | 'restored' | 'error'>;

const done: Readonly<Record<ReplayAction, string>> = { replay: 'sent', discard: 'discarded', restore: 'restored' };

/** What would happen, for people: sentence, destinations with their receivers, refusals, warnings, header diff. `time` is what is said of how long it takes, or took. */
export function planText(
  {
    number,
    sentence,
    options,
    plan,
  }: Pick<ReplayView, 'number' | 'sentence' | 'plan'> & { readonly options: PlanOptions },
  width: number,
  time: string = estimateText(options, plan.willSend),
): string {
  const { total, willSend, hash, refusals, warnings } = plan;
  const { action } = options;
  const many =
    willSend === total ? (total === 1 ? '1' : `all ${amount(total)}`) : `${amount(willSend)} of ${amount(total)}`;
  const parts = [
    printable(sentence),
    `Plan ${number}, hash ${printable(hash)}: ${many} would be ${done[action]}${action === 'replay' ? removal(plan) : kept(plan)}`,
    [...paceOptionsTexts(options, willSend), time].filter((text) => text !== '').join(' '),
    destinationsText(plan, width),
    redirectsText(plan, width),
    suggestionsText(plan, width),
    notesText('STAYS', refusals, width),
    notesText('NOTE', warnings, width),
    headersText(plan, width),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Where a rate or watched steps tell; otherwise the brokers do. */
export function estimateText(options: PlanOptions, willSend: number): string {
  const ms = willSend === 0 ? null : plannedMs(options, willSend);
  return ms === null ? '' : `It takes ${options.ratePerSecond === null ? 'at least ' : ''}${aboutTime(ms)}.`;
}

/** How fast and in which steps, where anything of it was chosen. */
function paceOptionsTexts({ ratePerSecond, rampSeconds, canary }: PlanOptions, willSend: number): readonly string[] {
  const parts: string[] = [];
  if (willSend === 0) return parts;
  if (ratePerSecond !== null) {
    const ramp = rampSeconds === 0 ? '' : `, reached after ${amount(rampSeconds)} s`;
    parts.push(`${amount(ratePerSecond)} a second${ramp}.`);
  }
  if (canary !== null) {
    const bad = canary.badShareMax === 0 ? 'any of them' : `more than ${amount(canary.badShareMax * 100)} % of them`;
    const steps = canary.steps.map(amount).join(', then ');
    parts.push(
      `First ${steps}, each step watched for ${amount(canary.watchMs / 1_000)} s, then the rest; it pauses when ${bad} come back, fail or are unknown.`,
    );
  }
  return parts;
}

function removal({ removes, willSend }: PlanView): string {
  if (willSend === 0) return '.';
  switch (removes) {
    case 'all':
      return '. What is sent is then removed from its queue.';
    case 'none':
      return '. What is sent stays in its topic, marked as replayed.';
    case 'some':
      return '. What is sent is then removed from its queue; in a topic it stays, marked as replayed.';
  }
}

function kept({ keptUntil }: PlanView): string {
  return keptUntil === undefined ? '.' : `. They can be restored until ${instant(keptUntil)} UTC.`;
}

function destinationsText({ destinations, toFurtherDestinations }: PlanView, width: number): string {
  if (destinations.length === 0) return '';
  const rows = destinations.flatMap(({ count, label, connection, receivers, notes }) => [
    [amount(count), `${label} (${connection})`, receivers.map(receiverText).join('; ') || 'nobody is known'],
    ...notes.map((note) => ['', '', note]),
  ]);
  const text = table(['SENDS', 'TO', 'RECEIVED BY'], rows, { width });
  return toFurtherDestinations === 0 ? text : `${text}\n${amount(toFurtherDestinations)} more to further destinations`;
}

function redirectsText({ redirected }: PlanView, width: number): string {
  if (redirected.length === 0) return '';
  const rows = redirected.map(({ rule, count }) => [amount(count), rule]);
  return table(['SENDS', 'ELSEWHERE, BY THE REDIRECT'], rows, { width });
}

function suggestionsText({ suggestions }: PlanView, width: number): string {
  if (suggestions.length === 0) return '';
  const rows = suggestions.map(({ label, connection, why }) => [`${label} (${connection})`, why]);
  return table(['COULD GO TO', 'WHY'], rows, { width });
}

function receiverText({
  kind,
  name,
  state,
  members,
  lag,
}: PlanView['destinations'][number]['receivers'][number]): string {
  // The state of a queue has its consumers.
  const count = kind === 'queue' || members === null ? '' : members === 1 ? '1 member' : `${amount(members)} members`;
  const facts = [state, count, lag === null ? '' : `lag ${amount(lag)}`];
  return `${name} (${facts.filter((fact) => fact !== '').join(', ')})`;
}

function notesText(name: string, notes: PlanView['warnings'], width: number): string {
  if (notes.length === 0) return '';
  const rows = notes.map(({ count, text, code }) => [amount(count), `${text} [${code}]`]);
  return table([name, 'WHY'], rows, { width });
}

const signs = { added: '+', removed: '-', kept: '=' } as const;

function headersText({ headerChanges, willSend }: PlanView, width: number): string {
  if (headerChanges.length === 0 || willSend === 0) return '';
  const kinds = new Set(headerChanges.map(({ kind }) => kind));
  const rows = headerChanges.map(({ kind, change, name, value, why }) => [
    `${signs[change]}${kinds.size > 1 ? ` ${kind}` : ''}`,
    name,
    [value, why].filter((part) => part !== null).join(', '),
  ]);
  return table(['', 'HEADER', 'AS IN THE FIRST MESSAGE'], rows, { width });
}

/** `discard 4 settled: 30 of 30 discarded, 30 restored`, `replay 118 sending: 340 of 1,204 sent, 12 failed, 3 came back; 85 a second, 11 s left` */
export function progressLine(
  { number, state, account, pace, restored, error }: Progress,
  action: ReplayAction,
): string {
  const { total, sent, settled, failed, skipped, unknown, returned } = account;
  const counts = [
    `${amount(sent + settled)} of ${amount(total)} ${done[action]}`,
    ...some(restored ?? 0, 'restored'),
    ...some(failed, 'failed'),
    ...some(skipped, 'left out'),
    ...some(unknown, 'unknown'),
    ...some(returned, 'came back'),
  ];
  const told = errorToTell({ state, error });
  const why = told === null ? '' : `. ${printable(told.message)}`;
  return `${action} ${number} ${state}: ${counts.join(', ')}${paceText(pace, account.planned)}${why}`;
}

function paceText(pace: Progress['pace'], toGo: number): string {
  if (!pace) return '';
  if (pace.watching !== null) return `; ${watchWords(pace.watching, toGo, null)}`;
  const left = pace.leftMs === null ? '' : `, ${amount(Math.ceil(pace.leftMs / 1_000))} s left`;
  return `; ${amount(Math.round(pace.perSecond * 10) / 10)} a second${left}`;
}

function some(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${amount(count)} ${what}`];
}

export const replayColumns = ['REPLAY', 'STATE', 'CREATED', 'DONE', 'OF', 'FAILED', 'UNKNOWN', 'BACK', 'WHAT'];
export const itemColumns = ['ITEM', 'STATE', 'MESSAGE', 'QUEUE', 'TO', 'BACK', 'REASON'];

export function itemRow(
  item: ReplayItemView,
  {
    state: replayState,
    options: { action },
  }: Pick<ReplayView, 'state'> & { readonly options: Pick<ReplayView['options'], 'action'> },
): string[] {
  const { state, messageId, queueId, destinationLabel, returned, restoredAt, reason } = item;
  // That it is in its queue again is what a restore is for: it has not come back.
  const isBack = returned !== null && action !== 'restore';
  const back = restoredAt !== null ? 'restored' : !isBack ? '-' : returned.sameError === false ? 'other error' : 'yes';
  // The item stays as it was planned; its replay will never come to it.
  const shown = state === 'planned' && replayState === 'cancelled' ? `cancelled, not ${done[action]}` : state;
  return [String(itemNumber(item)), shown, messageId, queueId, destinationLabel ?? '-', back, reason?.message ?? '-'];
}

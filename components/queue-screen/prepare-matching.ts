import { withTerm } from '#components/filter-bar/prepare-filter.ts';
import { formatCount } from '#components/ui/numbers.ts';
import { parse } from '#lib/filter/parse.ts';

interface Total {
  readonly count: number;
  /** "At least". */
  readonly capped: boolean;
}

/** The filter without what was put back already. */
export function notReplayed(filter: string): string {
  return withTerm(filter, '-state:replayed');
}

export function onlyReplayed(filter: string): string {
  return withTerm(filter, 'state:replayed');
}

/** Whether a filter asks for nothing but discarded messages: what is done with those is to restore them. */
export function isOfArchive(filter: string): boolean {
  const parsed = parse(filter, { now: 0 });
  if (!('filter' in parsed)) return false;
  const terms = parsed.filter.kind === 'and' ? parsed.filter.terms : [parsed.filter];
  return terms.some((term) => term.kind === 'state' && term.state === 'discarded');
}

/** Whether there is something to leave out, and something left then: where everything was replayed, that is what was asked for. */
export function leavesSome(rest: Total | null, replayed: Total | null): replayed is Total {
  return rest !== null && replayed !== null && rest.count > 0 && replayed.count > 0;
}

/** Whether what was left out still speaks of what is shown: the same question, and some of its answer is still selected. */
export function stillLeavesOut(
  left: { readonly question: string; readonly ids: readonly string[] },
  question: string,
  selection: ReadonlySet<string>,
): boolean {
  return left.question === question && left.ids.some((id) => selection.has(id));
}

/** What "all that match" does not take unless it is told to. */
export function leftOutWords({ count, capped }: Total): string {
  return `${capped ? 'at least ' : ''}${formatCount(count)} ${count === 1 && !capped ? 'was' : 'were'} replayed already`;
}

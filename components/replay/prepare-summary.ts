import { wayOf } from '#components/replay/prepare-destination.ts';
import { rateWords } from '#components/replay/prepare-pace.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import type { Canary } from '#lib/domain/replay.ts';
import { stepEnds } from '#lib/replay/canary.ts';

/** What of a plan is said again beside the button that sends it, and where it is chosen. */
export interface SummaryPart {
  readonly option: 'where' | 'rate' | 'canary';
  readonly words: string;
}

type Destination = Pick<ReplayView['plan']['destinations'][number], 'label'>;

/** Where to, how fast and how many first: what whoever sends has to have seen. Empty where nothing can be sent; one message has no pace. */
export function summaryParts(
  plan: Pick<ReplayView['plan'], 'willSend' | 'redirected' | 'toFurtherDestinations'> & {
    readonly destinations: readonly Destination[];
  },
  options: Pick<ReplayView['options'], 'destination' | 'ratePerSecond' | 'rampSeconds' | 'canary'>,
): readonly SummaryPart[] {
  if (plan.willSend === 0) return [];
  const where = { option: 'where', words: whereWords(plan, options) } as const;
  if (plan.willSend === 1) return [where];
  return [
    where,
    { option: 'rate', words: rateWords(options) },
    { option: 'canary', words: stepsWords(options.canary, plan.willSend) },
  ];
}

function whereWords(
  plan: Parameters<typeof summaryParts>[0],
  options: Pick<ReplayView['options'], 'destination'>,
): string {
  const [only, ...others] = plan.destinations;
  const more = plan.toFurtherDestinations > 0 ? 'more than ' : '';
  const place =
    only !== undefined && others.length === 0 && more === ''
      ? only.label
      : `${more}${formatCount(plan.destinations.length)} places`;
  switch (wayOf(plan, options)) {
    case 'back':
      return `Back to ${place}`;
    case 'rules':
      return `To ${place}, by redirect rules`;
    case 'elsewhere':
      return `To ${place}, another place`;
  }
}

/** `1 → 5 → 50 → rest`: the steps that something follows. */
export function stepsWords(canary: Canary | null, willSend: number): string {
  if (canary === null) return 'all at once';
  const ends = stepEnds(canary);
  const watched = canary.steps.filter((_, index) => (ends[index] ?? 0) < willSend);
  return watched.length === 0 ? 'all at once' : [...watched.map(formatCount), 'rest'].join(' → ');
}

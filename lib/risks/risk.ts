import type { Severity } from '#lib/alerts/rule.ts';

export const riskKinds = [
  'dead-letters-vanish',
  'dead-letters-stay',
  'no-dead-letter-queue',
  'retention-not-longer',
  'delivery-limit',
  'unwatched',
] as const;
export type RiskKind = (typeof riskKinds)[number];

/** Something about a queue by which messages can be lost, or can fail without anyone noticing. */
export interface Risk {
  readonly kind: RiskKind;
  readonly severity: Severity;
  readonly connection: string;
  readonly queue: string;
  /** It is one of the console's dead-letter queues, and has a page there. */
  readonly isDeadLetterQueue: boolean;
  /** What is so, in one plain sentence. */
  readonly sentence: string;
  /** What it leads to. */
  readonly why: string;
  readonly remedy: RiskRemedy;
}

export interface RiskRemedy {
  /** What to do, in a sentence or two. */
  readonly text: string;
  /** The command or setting itself, to be copied; `null` where there is none. */
  readonly code: string | null;
}

import type { Alert, Notification } from '#lib/alerts/alert.ts';
import type { Mute } from '#lib/alerts/mute.ts';
import type { ReceiverReport } from '#lib/alerts/receiver-report.ts';
import type { RoundResult } from '#lib/alerts/round.ts';

/** The part of the ledger that holds what was found wrong and who was told of it: a notification is written in the commit of the change that it tells of. */
export interface AlertLedger {
  /** Pending and firing, the oldest first. */
  listStandingAlerts(): Promise<readonly Alert[]>;
  /** The last to end first. */
  listResolvedAlerts(limit: number): Promise<readonly Alert[]>;
  /** All of it or nothing. A notification whose id was written before is not written again, and nor is the end of what a receiver was given up on before it heard the beginning. */
  saveRound(result: RoundResult): Promise<void>;

  /** That are neither delivered nor given up, in the order in which they were written: so many of each receiver, so that none stands before the others. */
  listWaitingNotifications(limitEach: number): Promise<readonly WaitingNotification[]>;
  /**
   * One attempt and what the receiver is since; `null` where it was not spoken to. With a beginning that is given up its end is, too. `not_found` for an
   * unknown id.
   */
  recordAttempt(id: string, attempt: Attempt, report: ReceiverReport | null): Promise<void>;
  /** Beginnings that a receiver was given up on, of alerts that still fire; the oldest first. */
  listUnheard(receiver: string): Promise<readonly Notification[]>;
  /** They wait again, in their old places and under their old ids. Only what `listUnheard` told is. */
  tellAgain(ids: readonly string[], at: number): Promise<void>;

  /** Of every receiver that was ever spoken to. */
  listReceiverReports(): Promise<readonly (ReceiverReport & { readonly waiting: number })[]>;
  saveReceiverReport(report: ReceiverReport): Promise<void>;

  /** Those that have not ended by `now`, the newest first. */
  listMutes(now: number): Promise<readonly Mute[]>;
  saveMute(mute: Omit<Mute, 'id'>): Promise<Mute>;
  /** `not_found` where it is gone already. */
  deleteMute(id: string): Promise<void>;

  /** Drops alerts and notifications that ended, and mutes that did, before this instant. Answers how many. */
  forgetAlerts(before: number): Promise<number>;
}

export interface WaitingNotification extends Notification {
  readonly attempts: number;
  readonly nextAt: number;
}

/** `retried`: it is sent again at `nextAt`. */
export type Attempt = { readonly at: number; readonly said: string } & (
  | { readonly outcome: 'delivered' | 'given-up' }
  | { readonly outcome: 'retried'; readonly nextAt: number }
);

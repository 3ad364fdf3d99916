/** How a receiver did when it was last spoken to. */
export interface ReceiverReport {
  readonly receiver: string;
  readonly at: number;
  /** `renewed`: an Alertmanager was told again what still fires. */
  readonly what: 'fired' | 'resolved' | 'test' | 'renewed';
  /** `failing`: did not answer, or asked to come again later. `refused`: answered that it will never take this: its settings are wrong. */
  readonly outcome: 'delivered' | 'failing' | 'refused';
  /** Its answer in short, without secrets: `202 Accepted`, `no answer within 10 seconds`. */
  readonly said: string;
  /** The first of the failures in a row; `null` when it takes what it is sent. */
  readonly failingSince: number | null;
}

/** The report after another attempt. */
export function nextReport(
  before: Pick<ReceiverReport, 'failingSince'> | null,
  now: Omit<ReceiverReport, 'failingSince'>,
): ReceiverReport {
  return { ...now, failingSince: now.outcome === 'delivered' ? null : (before?.failingSince ?? now.at) };
}

/** What came of a marked notification that somebody asked for. */
export interface ReceiverTest {
  readonly delivered: boolean;
  /** What the receiver answered, in short and without secrets. */
  readonly said: string;
  readonly tookMs: number;
}

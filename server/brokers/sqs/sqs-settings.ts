/** One SQS connection: an account in a region, or a local server. */
export interface SqsSettings {
  /** The connection's name in the configuration, for errors. */
  readonly connection: string;
  readonly region: string;
  /** Only for servers other than AWS itself. Their queue URLs are not trusted: they may name a host that does not resolve. */
  readonly endpoint?: string;
  /** Without it the SDK looks in its default places: environment, profile, role. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Names of dead-letter queues that stand in no redrive policy; `*` stands for anything. `.fifo` after it is understood. */
  readonly deadLetterPatterns?: readonly string[];
  readonly pinnedQueues?: readonly PinnedQueue[];
  readonly scan?: Partial<ScanLimits>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export interface PinnedQueue {
  readonly name: string;
  readonly origin?: string;
}

export interface ScanLimits {
  /** A browse ends after so many messages. */
  readonly browseMessagesMax: number;
  /** A search for wanted messages ends after so many; SQS allows 120,000 in flight. */
  readonly holdMessagesMax: number;
  /** The least time that a message is hidden while it is read; a scan that is expected to take long asks for more. */
  readonly leaseSecondsMin: number;
  readonly longPollSeconds: number;
  readonly pollers: number;
  /** How long `hold` waits for wanted messages that others have in flight. */
  readonly othersPatienceMs: number;
}

export const defaultScanLimits: ScanLimits = {
  browseMessagesMax: 10_000,
  holdMessagesMax: 100_000,
  leaseSecondsMin: 120,
  longPollSeconds: 1,
  pollers: 4,
  othersPatienceMs: 10_000,
};

export const defaultDeadLetterPatterns: readonly string[] = [
  '*-dlq',
  '*_dlq',
  '*.dlq',
  '*-dlt',
  '*-dead-letter',
  '*-dead-letters',
  '*-deadletter',
  '*_dead_letter',
  '*-dead',
  '*_dead',
  'dlq-*',
  'dlq_*',
];

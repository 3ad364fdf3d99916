/** What a real broker that runs on this machine looks like to the sandbox and to the tests. */
export interface LocalBroker {
  readonly kind: LocalBrokerKind;
  /** Data, logs and `broker.json` are kept here and nowhere else. */
  readonly folder: string;
  /** The process that is running now, or that ran last. */
  readonly pid: number;
  /** They stay the same over `stop` and `start`. */
  readonly ports: Readonly<Record<string, number>>;
  /**
   * The environment that Redeliver needs to reach this broker, by its stable names (KAFKA_BROKERS, RABBITMQ_URL,
   * SQS_ENDPOINT, ...).
   */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Asks the broker to shut down and waits until its process is gone; after a deadline it is killed. Stopping a stopped
   * broker does nothing.
   */
  stop(): Promise<void>;
  /** Ends it without warning (SIGKILL), as a power cut would; the data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data, and waits until it answers. Starting a running broker does nothing. */
  start(): Promise<void>;
}

export type LocalBrokerKind = 'kafka' | 'rabbitmq' | 'elasticmq' | 'schema-registry';

/** Whether a broker can be started on this machine and, if not, the one thing that would change that. */
export type Availability = { available: true } | { available: false; reason: string; remedy: string };

export interface StartOptions {
  /**
   * An absolute path. A living broker that was started in the same folder is taken over instead of starting a second
   * one.
   */
  folder: string;
  /** Receives one short line for each step that takes time. */
  log?: (line: string) => void;
  /**
   * By default the broker ends with the process that started it, even if that one is killed. A development set outlives
   * it.
   */
  outlivesParent?: boolean;
}

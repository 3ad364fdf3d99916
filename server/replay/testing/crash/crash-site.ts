import type { TcpProxy } from '#server/brokers/testing/tcp-proxy.ts';
import type { ChildConnection } from '#server/replay/testing/crash/engine-process.ts';
import type { Arrived } from '#server/replay/testing/crash/judge-run.ts';

/** A broker of our own that may be treated badly, its queues, and the foreign clients that see what became of them. */
export interface CrashSite {
  readonly label: string;
  readonly lanes: readonly CrashQueues[];
  /** Kills it, and starts it again on the same data; where it keeps its messages in memory only, it is out of reach for a while instead. */
  readonly trouble: { readonly name: string; strike(): Promise<void> };
  close(): Promise<void>;
}

/** A dead-letter queue with the queue or topic that its messages came from; one replay at a time. */
export interface CrashQueues {
  readonly label: string;
  readonly name: string;
  /** Through a proxy of its own. */
  readonly connection: ChildConnection;
  proxy(): TcpProxy;
  /** Whether what was sent is removed from the dead-letter queue. */
  readonly removes: boolean;
  /** Whether the broker can prove what became of a send whose answer never came. */
  readonly proves: boolean;
  /** Puts dead letters with these bodies there, in order; settles when they can be read. */
  put(bodies: readonly string[]): Promise<void>;
  /** What has come to the destination since it was last asked. */
  takeArrived(): Promise<readonly Arrived[]>;
  /** Bodies of what is in the dead-letter queue; where messages can be removed it removes them, and else tells those that were put since it was last asked. */
  takeDeadLetters(): Promise<readonly string[]>;
}

/** Out of reach for so long. */
export const awayMs = 1_500;

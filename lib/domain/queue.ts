import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { BrokerKind } from '#lib/domain/message.ts';

/** What can be done with a dead-letter queue and what it costs, as facts that the console shows. */
export interface QueueCapabilities {
  /** `log`: read from positions, nothing is touched. `lease`: hidden from others for a while. `hold`: held unacknowledged, then given back. */
  readonly browse: 'log' | 'lease' | 'hold';
  /** Whether one message can be removed. */
  readonly remove: boolean;
  /** What keeps its order in it. */
  readonly order: 'partition' | 'group' | 'queue' | 'none';
  /** What a read does to the queue, a sentence each, worst first; empty where it does nothing. */
  readonly costs: readonly ReadCost[];
  /** The broker's own words for its kind: `6 partitions`, `quorum queue`, `FIFO queue`. */
  readonly description: string;
}

/** How long a broker keeps a dead letter before it deletes it by itself. `untold`: it may, and does not say when. */
export type Retention =
  | {
      readonly kind: 'for';
      readonly ms: number;
      /** `at-least`: it goes no earlier, perhaps later, because the broker deletes in larger pieces or only what is first in line. */
      readonly bound: 'exact' | 'at-least';
    }
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'untold' };

export interface ReadCost {
  readonly code:
    | 'raises-receive-count'
    | 'hides-messages'
    | 'sets-redelivered'
    | 'uses-delivery-limit'
    | 'heads-of-groups'
    | 'samples'
    | 'newest-only';
  readonly text: string;
  /** For `uses-delivery-limit`: how many more reads are allowed before messages would be lost; else absent. */
  readonly readsLeft?: number;
  /** Beside `readsLeft`: how often the message that was given back most often was, at the last read. */
  readonly givenBack?: number;
}

export interface ReadRefusal {
  readonly code: 'delivery-limit' | 'redrive-policy' | 'single-active-consumer' | 'exclusive-consumer' | 'unreadable';
  /** What would happen. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Whether a person who knows may insist. */
  readonly canInsist: boolean;
}

/** `connection/name`, the id that stands in URLs (encoded) and in the API. Connection names hold no slash. */
export function queueId(connection: string, name: string): string {
  return `${connection}/${name}`;
}

export function splitQueueId(id: string): { connection: string; name: string } | null {
  const slash = id.indexOf('/');
  if (slash <= 0 || slash === id.length - 1) return null;
  return { connection: id.slice(0, slash), name: id.slice(slash + 1) };
}

export interface Connection {
  readonly name: string;
  readonly kind: BrokerKind;
  /** Where it points, without credentials: `127.0.0.1:9092`. */
  readonly address: string;
  readonly health: ConnectionHealth;
  readonly checkedAt: number | null;
}

export type ConnectionHealth =
  | { readonly kind: 'starting'; readonly step: string }
  | {
      readonly kind: 'live';
      readonly product: string;
      readonly version: string | null;
      readonly notes: readonly string[];
      /** The first of the looks that all went well, up to the last. */
      readonly since?: number;
    }
  | { readonly kind: 'failing'; readonly error: ErrorRecord; readonly since: number }
  /** Part of the sandbox that this machine cannot run yet. */
  | { readonly kind: 'not-started'; readonly reason: string; readonly remedy: string };

/** How the reader of one queue is doing. */
export type ReaderState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'syncing'; readonly read: number; readonly of: number | null; readonly exact: boolean }
  /** Following a log, or nothing changed since the last scan. */
  | { readonly kind: 'live' }
  /** The last scan could not see everything: `seen` of about `of`. */
  | { readonly kind: 'partial'; readonly seen: number; readonly of: number; readonly reason: string }
  | { readonly kind: 'refused'; readonly refusal: ReadRefusal }
  | { readonly kind: 'failing'; readonly error: ErrorRecord; readonly since: number }
  /** It was there once and is no longer. */
  | { readonly kind: 'missing' };

export interface Queue {
  readonly id: string;
  readonly connection: string;
  readonly kind: BrokerKind;
  readonly name: string;
  readonly foundBy: 'topology' | 'pattern' | 'configuration';
  readonly origins: readonly string[];
  readonly capabilities: QueueCapabilities;
  readonly depth: { readonly count: number; readonly exact: boolean } | null;
  /** Messages that others hold unacknowledged or in flight; `null` where the broker does not tell, or was not asked yet. */
  readonly heldByOthers: number | null;
  readonly retention: Retention;
  readonly reader: ReaderState;
  /** Set while a log is read from its newest end backwards: everything that came from this instant on is known, and older ones are still to be read. */
  readonly knownBackTo: number | null;
  /** When the reader last finished, epoch milliseconds. */
  readonly syncedAt: number | null;
}

import type { ConventionSettings } from '#lib/conventions/configured.ts';
import type { ConnectionHealth } from '#lib/domain/queue.ts';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import type { AlertSettings } from '#server/config/alert-settings.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import type { SyncConfig } from '#server/config/config.ts';
import type { LagConfig } from '#server/config/lag-settings.ts';
import type { TracingSettings } from '#server/config/tracing-settings.ts';
import type { LogFields } from '#server/log/log.ts';

/** What the engine's thread is started with; plain data. It holds secrets. */
export interface EngineThreadData {
  readonly dataFolder: string;
  readonly connections: readonly ConnectionSettings[];
  readonly sync: SyncConfig;
  /** The operator's own conventions; absent where none are configured. */
  readonly conventions?: readonly ConventionSettings[] | undefined;
  /** What nobody reads here; absent where nothing is masked. */
  readonly masking?: MaskingSettings | undefined;
  readonly watchMs: number;
  /** Where spans of replays go, and as which version of ours; absent where they go nowhere. */
  readonly tracing?: (TracingSettings & { readonly version: string }) | undefined;
  /** How long discarded messages are kept; as usual where absent. */
  readonly archiveMs?: number | undefined;
  readonly quarantineAfter: number;
  /** With where a browser finds the console. */
  readonly alerts?: (AlertSettings & { readonly consoleUrl: string }) | undefined;
  readonly lag: LagConfig;
}

export type ToEngine =
  | { readonly kind: 'explain'; readonly connection: string; readonly health: ConnectionHealth | null }
  | { readonly kind: 'stop' };

export type FromEngine =
  /** With how late its timers were since the last, in seconds. */
  | { readonly kind: 'alive'; readonly loopDelays: readonly number[] }
  | { readonly kind: 'say'; readonly line: string; readonly about: LogFields | undefined }
  | { readonly kind: 'stopped' };

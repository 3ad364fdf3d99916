import { AppError } from '#lib/domain/errors.ts';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import type { SandboxState } from '#lib/api/sandbox.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Clock } from '#server/clock.ts';
import type { ShownAlertSettings } from '#server/config/alert-settings.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import type { PayloadReader } from '#server/payload/payload-reader.ts';
import type { ConsoleSettings } from '#lib/api/settings.ts';
import { type Log, silentLog } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import type { Metrics } from '#server/watch/metrics/metrics.ts';

/** What the web half has at hand. The bundled routes find it through one symbol on `globalThis`, because bundler and process load modules twice. */
export interface Runtime {
  readonly store: Store;
  readonly clock: Clock;
  readonly payloads: PayloadReader;
  /** Makes previews of edits; absent where nobody asks for any. */
  readonly editor?: MessageEditor;
  /** What nobody reads here; absent where nothing is masked. Every view, list and export goes through it. */
  readonly masking?: Masking;
  /** With the operator's own; the built-in ones where absent. */
  readonly conventions?: ConventionChain;
  /** Where the tracing system shows a trace, with `{traceId}` for it; absent where none is configured. */
  readonly traceTemplate?: string;
  /** Whether spans of replays are exported, so that their traces can be looked at. */
  readonly exportsTraces?: boolean;
  /** So many returns put a message into quarantine; as usual where absent. */
  readonly quarantineAfter?: number;
  /** How long discarded messages are kept; as usual where absent. */
  readonly archiveMs?: number;
  /** What is watched and who is told; the built-in rules and nobody where absent. */
  readonly alerts?: ShownAlertSettings;
  /** Connections whose lag is read, by name: one that was not read yet is told as such. None where absent. */
  readonly lagOf?: readonly string[];
  readonly sandbox: SandboxControl | null;
  readonly version: string;
  /** Where the process writes its log; nowhere where absent. */
  readonly log?: Log;
  /** Absent where nobody scrapes. */
  readonly metrics?: Metrics;
  /** What is configured, without a secret; absent where nobody asks. */
  readonly settings?: ConsoleSettings;
  /** When this process began, epoch milliseconds. */
  readonly startedAt?: number;
  /** The engine's last sign of life, epoch milliseconds; `null` before the first. */
  engineSeenAt(): number | null;
}

export interface SandboxControl {
  state(): SandboxState;
  setMended(serviceId: string, mended: boolean): Promise<SandboxState>;
}

const symbol = Symbol.for('redeliver.runtime');

export function provideRuntime(runtime: Runtime): void {
  Object.defineProperty(globalThis, symbol, { value: runtime, configurable: true });
}

export function runtime(): Runtime {
  const found: unknown = Reflect.get(globalThis, symbol);
  if (!isRuntime(found))
    throw new AppError('internal', 'The console was not started by server/main.ts. Start it with "npm start".');
  return found;
}

/** The process's log, for code that is not handed a runtime. */
export function processLog(): Log {
  const found: unknown = Reflect.get(globalThis, symbol);
  return (isRuntime(found) && found.log) || silentLog;
}

function isRuntime(value: unknown): value is Runtime {
  return typeof value === 'object' && value !== null && 'store' in value && 'clock' in value;
}

import type { ConventionChain } from '#lib/conventions/chain.ts';
import { replayHeaderNames } from '#lib/conventions/replay-headers.ts';
import type { BrokerKind, RawDeadLetter } from '#lib/domain/message.ts';

/**
 * A return of Kafka without the failure headers that it had before its replay: what stands behind the replay headers was written after it. `null` where
 * the order tells nothing: on brokers whose headers have none, and where a client that does not keep it has passed the message on, which then shows by
 * the replay headers themselves.
 */
export function withoutKeptFailure(
  raw: RawDeadLetter,
  kind: BrokerKind,
  chain: Pick<ConventionChain, 'owns'>,
): RawDeadLetter | null {
  const since = kind === 'kafka' ? endOfReplayHeaders(raw) : null;
  if (since === null || !raw.headers.slice(since).some(({ name }) => chain.owns(name))) return null;
  const headers = raw.headers.filter(({ name }, index) => index >= since || !chain.owns(name));
  return { ...raw, headers };
}

/** The place behind the replay headers, where they stand together as a replay writes them. */
function endOfReplayHeaders({ headers }: RawDeadLetter): number | null {
  const first = headers.findIndex(({ name }) => name === replayHeaderNames[0]);
  if (first < 0) return null;
  const isWhole = replayHeaderNames.every((name, index) => headers[first + index]?.name === name);
  return isWhole ? first + replayHeaderNames.length : null;
}

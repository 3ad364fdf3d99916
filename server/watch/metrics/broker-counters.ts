import type { BrokerCounts } from '#server/brokers/broker-counts.ts';
import type { Count } from '#server/store/watch-store.ts';

/** Counters of what the engine does with brokers: kept in the store, because the engine answers no scrape. */
export const brokerCounters = [
  { name: 'broker_calls_total', help: 'Calls to the broker, retries not counted.', labels: [] },
  { name: 'broker_retries_total', help: 'Reads that were tried again.', labels: [] },
  { name: 'broker_errors_total', help: 'Calls that failed, by the code of the error.', labels: ['code'] },
  { name: 'broker_read_messages_total', help: 'Messages that were read.', labels: [] },
  { name: 'broker_read_bytes_total', help: 'Bytes of keys, bodies and headers that were read.', labels: [] },
  { name: 'broker_published_messages_total', help: 'Messages that were sent, by outcome.', labels: ['outcome'] },
  { name: 'broker_removed_messages_total', help: 'Messages that were removed, by outcome.', labels: ['outcome'] },
] as const satisfies readonly { readonly name: string; readonly help: string; readonly labels: readonly string[] }[];

type CounterName = (typeof brokerCounters)[number]['name'];

/** What one connection did between two looks, as the store counts it; nothing where it did nothing. */
export function brokerCountsSince(connection: string, before: BrokerCounts | null, now: BrokerCounts): Count[] {
  const single = (name: CounterName, key: 'calls' | 'retries' | 'messagesRead' | 'bytesRead') => ({
    name,
    labels: { connection },
    n: now[key] - (before?.[key] ?? 0),
  });
  const each = (name: CounterName, label: string, key: 'errors' | 'published' | 'removed') => {
    const earlier: Readonly<Partial<Record<string, number>>> = before?.[key] ?? {};
    return Object.entries(now[key]).map(([value, n]) => ({
      name,
      labels: { connection, [label]: value },
      n: n - (earlier[value] ?? 0),
    }));
  };
  return [
    single('broker_calls_total', 'calls'),
    single('broker_retries_total', 'retries'),
    single('broker_read_messages_total', 'messagesRead'),
    single('broker_read_bytes_total', 'bytesRead'),
    ...each('broker_errors_total', 'code', 'errors'),
    ...each('broker_published_messages_total', 'outcome', 'published'),
    ...each('broker_removed_messages_total', 'outcome', 'removed'),
  ].filter(({ n }) => n > 0);
}

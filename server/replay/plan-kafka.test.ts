import { describe, expect, it } from 'vitest';
import { bytesHeader } from '#lib/domain/message.ts';
import type { ReplayPlan } from '#lib/domain/replay.ts';
import { browseAll } from '#server/brokers/testing/driving.ts';
import { createKafkaPlanBench, framed, notesOf } from '#server/replay/testing/kafka-plan-bench.ts';

/** What a plan says of messages on Kafka, on a real broker with a real schema registry. */

const firstMade = Date.UTC(2026, 10, 1);
const bench = createKafkaPlanBench({ partitions: 2, others: ['-retry-0'] });
const { topic, plan } = bench;

const bytes = (text: string) => new TextEncoder().encode(text);
const warning = (of: ReplayPlan, code: ReplayPlan['warnings'][number]['code']) => notesOf(of, code)[0];

function register(fields: readonly object[]): Promise<number> {
  return bench.register({ schema: JSON.stringify({ type: 'record', name: 'Order', doc: topic, fields }) });
}

describe('a plan on Kafka', () => {
  it('warns where a newer message with the same key stays behind, and only there', async () => {
    const ids = await bench.put(
      ...['a', 'b', 'a', 'c', 'a', 'b'].map((key, n) => bench.aDeadLetter(`{"n":${n}}`, key)),
    );
    const [a1 = '', b1 = '', a2 = '', c = '', a3 = '', b2 = ''] = ids;
    expect(warning(await plan(ids), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([a1, a2, a3]), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([c, b2, a3]), 'newer-same-key')).toBeUndefined();
    expect(warning(await plan([a1, a2, b1, c]), 'newer-same-key')).toMatchObject({ count: 3 });
    // Between two that are sent there is one that is not.
    expect(warning(await plan([a1, a3]), 'newer-same-key')).toMatchObject({ count: 1, messageIds: [a1] });
  });

  it('sends to the partition that a message came from, or by its key; names a retry topic that is there', async () => {
    const [id = ''] = await bench.put(bench.aDeadLetter('{}', 'p'));
    const destinationOf = async (options: object) => {
      const planned = await bench.engine.plan({ kind: 'messages', messageIds: [id] }, options);
      return (await bench.engine.store.ledger.listItems(planned.id, { after: null, limit: 1 }))[0]?.destination;
    };
    expect(await destinationOf({})).toEqual({ kind: 'kafka', topic, partition: 1 });
    expect(await destinationOf({ partition: 'by-key' })).toEqual({ kind: 'kafka', topic, partition: null });
    const retry = { kind: 'kafka', topic: `${topic}-retry-0`, partition: null } as const;
    expect((await plan([id])).suggestions).toEqual([
      { destination: retry, connection: 'kafka', why: `retry topic of ${topic}` },
    ]);
    expect(await plan([id], { destination: retry })).toMatchObject({
      willSend: 1,
      destinations: [{ destination: retry }],
    });
  });

  it('warns of a schema that the newest one of its topic cannot read', async () => {
    const first = await register([{ name: 'id', type: 'long' }]);
    const [old = ''] = await bench.put(bench.aDeadLetter(framed(first, Buffer.of(14)), 's'));
    expect(warning(await plan([old]), 'schema-changed')).toBeUndefined();
    await register([{ name: 'number', type: 'string' }]);
    await bench.startAnew();
    await bench.engine.read(bench.deadLetters);
    const found = warning(await plan([old]), 'schema-changed');
    expect(found).toMatchObject({ count: 1, messageIds: [old] });
    expect(found?.text).toContain(`schema ${first}, which the newest schema of ${topic}-value (version 2)`);
  });

  it('keeps the time of a message in the record or in a header where that is asked for', async () => {
    const made = [
      bytesHeader('kafka_dlt-original-topic', topic),
      bytesHeader('replay-original-timestamp', String(firstMade)),
    ];
    const [id = ''] = await bench.put({ key: bytes('t'), body: bytes('{"kept":1}'), headers: made, properties: [] });
    const planned = await bench.engine.plan({ kind: 'messages', messageIds: [id] }, { timestamp: 'original' });
    await bench.engine.confirm(planned);
    await bench.engine.reached(planned.id, 'settled', 'watching');
    const reader = bench.connect();
    const arrived = (await browseAll(reader, topic)).messages.find(
      ({ body }) => Buffer.from(body ?? []).toString() === '{"kept":1}',
    );
    await reader.close();
    expect(arrived?.brokerAt).toBe(firstMade);
  });
});

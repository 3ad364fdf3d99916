import { describe, expect, it } from 'vitest';
import { createKafkaPlanBench, framed, notesOf } from '#server/replay/testing/kafka-plan-bench.ts';

/** Whether messages still fit the newest JSON Schema of their topic, on a real broker with a real schema registry. */

const bench = createKafkaPlanBench({ partitions: 1 });

function register(properties: object, more: object = {}): Promise<number> {
  const schema = JSON.stringify({ type: 'object', $comment: bench.topic, properties, ...more });
  return bench.register({ schemaType: 'JSON', schema });
}

describe('a plan of messages with a JSON Schema', () => {
  it('compares each with the newest one, and says of how many it has changed and where', async () => {
    const first = await register({ amount: { type: 'string' } });
    const newest = await register({ amount: { type: 'number' }, to: { type: 'string' } }, { required: ['to'] });
    const bodies = [
      [first, '{"amount":"12","to":"a"}'],
      [first, '{"to":"b"}'],
      [first, '{"amount":"secret-13","to":"c"}'],
      [first, 'not json'],
      [newest, '{"amount":"14"}'],
    ] as const;
    const ids = await bench.put(...bodies.map(([schemaId, body]) => bench.aDeadLetter(framed(schemaId, body), body)));
    expect(ids).toHaveLength(bodies.length);

    const plan = await bench.plan(ids);
    expect(plan.willSend).toBe(bodies.length);
    expect(notesOf(plan, 'schema-not-checked')).toEqual([]);
    expect(notesOf(plan, 'schema-changed')).toEqual([
      {
        code: 'schema-changed',
        count: 3,
        text: `do not fit the newest schema of ${bench.topic}-value (version 2); of the first of them it says: /amount must be number`,
        messageIds: [ids[0], ids[2], ids[3]],
      },
    ]);

    // As it is sent, so an edit that makes it fit is no matter any more.
    const edited = await bench.plan([ids[0] ?? ''], {
      edit: { body: { kind: 'replace', text: '{"to":"a"}' }, headers: [] },
    });
    expect(notesOf(edited, 'schema-changed')).toEqual([]);
  });
});

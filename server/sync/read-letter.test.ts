import { describe, expect, it } from 'vitest';
import { textHeader } from '#lib/domain/message.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { readLetter } from '#server/sync/read-letter.ts';

const queue = { id: 'c/q', kind: 'kafka' as const, name: 'q', origins: [] };
const keyed = (text: string) => readLetter(queue, { ...aDeadLetter().raw(), key: new TextEncoder().encode(text) }, 0);

describe('the key of a dead letter', () => {
  it('is cut between characters, and stays text', () => {
    for (let before = 0; before < 4; before += 1) {
      for (const sign of ['é', '€', '😀']) {
        const text = `${'a'.repeat(before)}${sign.repeat(900)}`;
        const shown = keyed(text).letter.keyText ?? '';
        expect(text.startsWith(shown), shown).toBe(true);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.length).toBeGreaterThanOrEqual(199);
        expect(shown.length).toBeLessThanOrEqual(200);
      }
    }
    expect(keyed('short').letter.keyText).toBe('short');
  });

  it('is in hex where it is no text', () => {
    const raw = { ...aDeadLetter().raw(), key: Uint8Array.of(0xff, 0x00) };
    expect(readLetter(queue, raw, 0).letter.keyText).toBe('0xff00');
  });

  it('that is the group of a FIFO queue is masked by the rule for its property', () => {
    const raw = { ...aDeadLetter().raw(), key: null, lane: 'hush', properties: [textHeader('MessageGroupId', 'hush')] };
    const read = (headers: string[]) =>
      readLetter({ ...queue, kind: 'sqs' }, raw, 0, {
        masking: createMasking({ fields: [], headers, patterns: [], keys: false }),
      }).letter;
    expect(read(['other'])).toMatchObject({ keyText: 'hush', keyDigest: expect.any(String) });
    expect(read(['messagegroup*'])).toMatchObject({ keyText: '•••', keyDigest: null, lane: 'hush' });
  });
});

describe('since when its broker keeps it', () => {
  const minute = 60_000;
  const failed = Date.UTC(2026, 10, 22, 3, 31);
  const read = (brokerAt: number | null, said: boolean) =>
    readLetter(
      queue,
      {
        ...(said
          ? aDeadLetter().withHeader('dlq-error', 'x').withHeader('dlq-timestamp', String(failed))
          : aDeadLetter()
        ).raw(),
        brokerAt,
      },
      failed + minute,
    ).letter;

  it('is the time of its failure, unless the broker has another one', () => {
    expect(read(failed + 200, true)).toMatchObject({ at: failed, keptFrom: failed });
    // The producer has passed on the time of the original: it goes sooner than its failure says.
    expect(read(failed - 60 * minute, true)).toMatchObject({ at: failed, keptFrom: failed - 60 * minute });
    expect(read(failed, false)).toMatchObject({ at: failed, keptFrom: failed, atIs: 'broker' });
  });

  it('is not known of what nobody says a time of', () => {
    expect(read(null, false)).toMatchObject({ atIs: 'first-seen', keptFrom: null });
  });

  it("ends with the message's own time to live", () => {
    const living = (ms: string, letter = aDeadLetter().fromRabbitMq()) => {
      const { properties, ...raw } = letter.raw();
      const own = [...properties.filter(({ name }) => name !== 'expiration'), textHeader('expiration', ms)];
      const said = { ...raw, properties: own, brokerAt: null };
      const { at, endsAt } = readLetter({ ...queue, kind: 'rabbitmq' }, said, failed).letter;
      return endsAt === null ? null : endsAt - at;
    };
    expect(living('5000')).toBe(5_000);
    expect(living('5000', aDeadLetter())).toBeNull();
    expect(living('soon')).toBeNull();
    expect(living('99999999999999999999')).toBeNull();
  });
});

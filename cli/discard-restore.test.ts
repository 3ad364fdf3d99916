import { describe, expect, it } from 'vitest';
import { createReplayConsole, viewOf } from '#cli/testing/replay-console.ts';
import { upTo } from '#server/replay/testing/replay-bench.ts';

/** `redeliver discard` and `restore` against a real console, engine and SQS server. */

const { bench, redeliver, filterOfQueue } = createReplayConsole();

describe('redeliver discard and restore', () => {
  it('takes messages out of their queue and brings them back, each by a plan that is confirmed with its number', async () => {
    await bench.deadLettersInIndex(2);
    const yes = await redeliver('discard', '--filter', filterOfQueue(), '--yes');
    expect(yes.code).toBe(5);
    expect(yes.lines.join('\n')).toMatch(/all 2 would be discarded\. They can be restored until \d{4}-/);
    expect(yes.error).toContain('they leave their queue, so --confirm 2 is asked for');
    const discarded = await redeliver('discard', '--filter', filterOfQueue(), '--confirm', '2', '--watch');
    expect(discarded, discarded.error).toMatchObject({ code: 0 });
    expect(discarded.lines.at(-1)).toBe('discard 2 settled: 2 of 2 discarded');
    expect(await bench.drain(bench.deadLetters)).toEqual([]);

    const restored = await redeliver('restore', '--discard', '2', '--yes', '--watch');
    expect(restored, restored.error).toMatchObject({ code: 0 });
    expect(restored.lines.at(-1)).toBe('restore 3 settled: 2 of 2 restored');
    expect(await bench.drain(bench.deadLetters)).toEqual(upTo(2));
    const wrong = await redeliver('restore', '--limit', '1', '--all');
    expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('restore takes no --limit') });
  });

  it('restores what is discarded among all that a filter meets, as replay takes a filter', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const filter = filterOfQueue();
    const none = await redeliver('restore', '--filter', filter, '--yes');
    expect(none, none.error).toMatchObject({ code: 3, lines: [] });
    const some = letters.slice(0, 2).map(({ id }) => id);
    const discarded = await redeliver('discard', '--ids', some.join(','), '--confirm', '2', '--watch');
    expect(discarded, discarded.error).toMatchObject({ code: 0 });

    const dry = await redeliver('restore', '--filter', filter, '--dry-run', '--json');
    expect(dry, dry.error).toMatchObject({ code: 0 });
    expect(viewOf(dry.lines[0])).toMatchObject({
      state: 'planned',
      sentence: `Restore 2 discarded messages matching ${filter}`,
      options: { action: 'restore' },
      plan: { total: 2, willSend: 2 },
    });
    expect(await bench.drain(bench.deadLetters)).toHaveLength(1);
    const unasked = await redeliver('restore', '--filter', filter);
    expect(unasked, unasked.error).toMatchObject({ code: 5 });
    const one = await redeliver('restore', '--filter', filter, '--except', some[0] ?? '', '--yes', '--watch');
    expect(one, one.error).toMatchObject({ code: 0 });
    expect(one.lines.at(-1)).toMatch(/^restore \d+ settled: 1 of 1 restored$/);
    const rest = await redeliver('restore', '--all', '--yes', '--watch', '--json');
    expect(rest, rest.error).toMatchObject({ code: 0 });
    expect(viewOf(rest.lines[0]).plan).toMatchObject({
      willSend: 1,
      refusals: [{ code: 'restored-before', count: 1 }],
    });
    expect(await bench.drain(bench.deadLetters)).toHaveLength(2);
  });

  it('leaves out what is excluded from ids, too', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const [first, ...others] = letters.map(({ id }) => id);
    const ids = [first, ...others].join(',');
    const sent = await redeliver('replay', '--ids', ids, '--except', others.join(','), '--dry-run', '--json');
    expect(viewOf(sent.lines[0]).plan, sent.error).toMatchObject({ total: 1, willSend: 1 });
    const none = await redeliver('discard', '--ids', ids, '--except', ids, '--dry-run');
    expect(none, none.error).toMatchObject({ code: 3 });
  });

  it('asks for one way to say which, and names those of its command', async () => {
    for (const flags of [[], ['--filter', 'key:a', '--discard', '2']]) {
      const refused = await redeliver('restore', ...flags, '--url', 'http://127.0.0.1:1');
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.error).toContain('by one of --discard, --filter, --all, --ids and --ids-from');
    }
    const whole = await redeliver('restore', '--discard', '2', '--except', 'a', '--url', 'http://127.0.0.1:1');
    expect(whole).toMatchObject({ code: 2, error: expect.stringContaining('A discard is restored whole') });
    const empty = await redeliver('restore', '--filter', ' ', '--url', 'http://127.0.0.1:1');
    expect(empty).toMatchObject({ code: 2, error: expect.stringContaining('Say --all where you mean that') });
    const discard = await redeliver('discard', '--url', 'http://127.0.0.1:1');
    expect(discard.error).toContain('by one of --filter, --all, --ids and --ids-from');
  });
});

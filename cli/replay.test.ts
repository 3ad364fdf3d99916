import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readArguments } from '#cli/arguments.ts';
import type { Output } from '#cli/output.ts';
import { planText } from '#cli/print-replay.ts';
import { planAndSend } from '#cli/replay-command.ts';
import { replayFlags } from '#cli/replay-flags.ts';
import { idsIn } from '#cli/replay-request.ts';
import { UsageError } from '#cli/usage-error.ts';
import { type RealConsole, startCommand, startRealConsole } from '#cli/testing/real-console.ts';
import { type ReplayView, replay, replayOptions } from '#lib/api/replays.ts';
import { systemClock } from '#server/clock.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { createReplayBench, nameOf, upTo } from '#server/replay/testing/replay-bench.ts';

/** `redeliver replay` and `replays` against a real console, engine and SQS server. */

const bench = createReplayBench({ watchMs: 5_000 });
let payloads: PayloadReader;
let server: RealConsole;

beforeAll(() => {
  payloads = createPayloadReader({ registries: new Map() });
});

afterAll(() => payloads.close());

beforeEach(async () => {
  provideRuntime({
    store: bench.store,
    clock: systemClock,
    payloads,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => Date.now(),
  });
  server = await startRealConsole();
});

afterEach(() => server.close());

const redeliver = (...args: string[]) => startCommand(server.url, args).ended;
const viewOf = (line: string | undefined): ReplayView => replay.parse(JSON.parse(line ?? 'null'));
const silent: Output = {
  write: () => undefined,
  pass: () => Promise.resolve(),
  progress: () => undefined,
  note: () => undefined,
  width: 80,
  ask: null,
};
const filterOfQueue = () => `queue:sqs/${nameOf(bench.deadLetters)}`;

/** What is on its way to no result: one message may have been sent, and its plan is dangerous. */
async function withUnknownOutcome(): Promise<void> {
  const [letter] = await bench.deadLettersInIndex(1);
  const planned = await bench.plan([letter?.id ?? '']);
  await bench.engine.stop();
  const [item] = await bench.store.ledger.listItems(planned.id, { after: null, limit: 1 });
  const intent = { itemId: item?.id ?? '', watermark: '{"watermark":null,"equals":1}' };
  await bench.store.ledger.intend([intent], Date.now());
  await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
  bench.startEngine();
  await bench.reached(planned.id, 'settled');
}

describe('redeliver replay', { timeout: 120_000 }, () => {
  it('with --dry-run prints the plan and moves nothing; replays confirm then sends that plan, and only by its hash', async () => {
    await bench.deadLettersInIndex(3);
    const dry = await redeliver('replay', '--filter', filterOfQueue(), '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    const text = dry.lines.join('\n');
    expect(text).toContain(`Replay 3 messages matching ${filterOfQueue()}`);
    expect(text).toMatch(/Plan 1, hash [0-9a-f]{16}: all 3 would be sent\. What is sent is then removed/);
    expect(text).toContain(nameOf(bench.source));
    expect(text).toMatch(/\+ +replayed +true/);
    const hash = /hash ([0-9a-f]{16})/.exec(text)?.[1] ?? '';
    expect(dry.error).toContain(`replays confirm 1 --hash ${hash}`);
    expect(await bench.drain(bench.source)).toEqual([]);

    const wrong = await redeliver('replays', 'confirm', '1', '--hash', 'another');
    expect(wrong.code).toBe(1);
    expect((await bench.store.ledger.getReplay('1')).state).toBe('planned');
    const sent = await redeliver('replays', 'confirm', '1', '--hash', hash, '--until', 'sent');
    expect(sent).toMatchObject({ code: 0 });
    expect(sent.lines.at(-1)).toBe('replay 1 watching: 3 of 3 sent');
    expect(await bench.drain(bench.source)).toEqual(upTo(3));
    expect((await redeliver('replays', 'confirm', '1', '--hash', hash)).error).toContain('no plan that waits');
  });

  it('with --yes and --watch sends what is piped in, and ends with 0 when none came back', async () => {
    await bench.deadLettersInIndex(3);
    const listed = await redeliver('messages', '--filter', filterOfQueue(), '--limit', '2', '--json');
    const command = startCommand(
      server.url,
      ['replay', '--ids-from', '-', '--yes', '--watch', '--json', '--rate', '50'],
      listed.lines.join('\n'),
    );
    const { code, lines, error } = await command.ended;
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(viewOf(lines[0])).toMatchObject({ state: 'planned', plan: { total: 2, willSend: 2 } });
    expect(viewOf(lines[0]).options.ratePerSecond).toBe(50);
    expect(viewOf(lines[1]).state).toBe('queued');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'settled', account: { settled: 2, returned: 0 } });
    expect(await bench.drain(bench.source)).toHaveLength(2);
  });

  it('sends nothing where nobody confirms, and says how', async () => {
    await bench.deadLettersInIndex(2);
    const asked = await redeliver('replay', '--filter', filterOfQueue());
    expect(asked.code).toBe(5);
    expect(asked.error).toContain('nothing was done: add --yes to send them');
    const counted = await redeliver('replay', '--filter', filterOfQueue(), '--confirm', '3');
    expect(counted.code).toBe(5);
    expect(counted.error).toContain('--confirm says 3, and the plan is about 2');
    expect(await bench.drain(bench.source)).toEqual([]);
  });

  it('ends with 3 where it would send nothing, and where nothing is met', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    await bench.reached((await bench.confirmed([letter?.id ?? ''])).id, 'watching', 'settled');
    const refused = await redeliver('replay', '--ids', letter?.id ?? '', '--yes');
    expect(refused.code).toBe(3);
    expect(refused.lines.join('\n')).toMatch(
      /STAYS +WHY\n1 +were sent and removed by an earlier replay \[state-gone\]$/,
    );
    const none = await redeliver('replay', '--filter', 'key:nobody', '--dry-run');
    expect(none).toMatchObject({ code: 3, lines: [] });
    expect(none.error).toContain('No message matches this filter any more.');
  });

  it('asks for the number where messages may arrive twice: --yes is not enough', async () => {
    await withUnknownOutcome();
    const yes = await redeliver('replay', '--filter', filterOfQueue(), '--yes');
    expect(yes.code).toBe(5);
    expect(yes.error).toContain('--confirm 1 is asked for');
    expect(await bench.drain(bench.source)).toEqual([]);

    const questions: string[] = [];
    const typing = (answer: string): Output => ({
      ...silent,
      ask: (question) => Promise.resolve((questions.push(question), answer)),
    });
    const asked = readArguments(['replay', '--filter', filterOfQueue(), '--url', server.url], {});
    if (!asked) throw new Error('This is no call for help.');
    expect(await planAndSend(asked, 'replay', typing('yes'))).toBe(5);
    expect(await planAndSend(asked, 'replay', typing('2'))).toBe(5);
    expect(questions).toHaveLength(2);
    expect(questions[0]).toContain('may arrive twice');
    expect(await planAndSend(asked, 'replay', typing('1'))).toBe(0);
    await bench.reached('5', 'watching', 'settled');
    expect(await bench.drain(bench.source)).toEqual([0]);
  });

  it('that has messages come back ends with 4, and replays items tells which', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const command = startCommand(server.url, ['replay', '--ids', letter?.id ?? '', '--yes', '--watch']);
    await vi.waitUntil(() => command.out() !== '', { timeout: 20_000 });
    const { id } = await bench.reached('1', 'watching');
    const [item] = await bench.store.ledger.listItems(id, { after: null, limit: 1 });
    await bench.comeBack(id, item?.id ?? '');
    const { code, lines, error } = await command.ended;
    expect(code).toBe(4);
    expect(lines.at(-1)).toBe('replay 1 settled: 1 of 1 sent, 1 came back');
    expect(error).toContain('replays items 1 says which, and why');
    const items = await redeliver('replays', 'items', '1', '--returned', '--json');
    expect(items.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ messageId: letter?.id }]);
    const listed = await redeliver('replays');
    expect(listed.lines[1]).toMatch(/^1 +settled +\S+ \S+ +1 +1 +0 +0 +1 +Replay one message/);
  });
});

describe('redeliver discard and restore', { timeout: 120_000 }, () => {
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

describe('redeliver replays watch', { timeout: 120_000 }, () => {
  it('ends with 6 when the replay is paused, and when it is cancelled', async () => {
    const letters = await bench.deadLettersInIndex(3);
    await bench.confirmed(
      letters.map((letter) => letter.id),
      { ratePerSecond: 0.1 },
    );
    const watching = startCommand(server.url, ['replays', 'watch', '1']);
    await vi.waitUntil(() => watching.out().includes('sending'), { timeout: 20_000 });
    expect((await redeliver('replays', 'pause', '1')).lines[0]).toMatch(/^replay 1 paused/);
    const paused = await watching.ended;
    expect(paused.code).toBe(6);
    expect(paused.error).toContain('replays resume 1 goes on');
    expect((await redeliver('replays', 'resume', '1')).lines[0]).toMatch(/^replay 1 queued/);
    const again = startCommand(server.url, ['replays', 'watch', '1', '--json']);
    await vi.waitUntil(() => again.out() !== '', { timeout: 20_000 });
    expect((await redeliver('replays', 'cancel', '1')).lines[0]).toMatch(/^replay 1 cancelled/);
    const { code, lines } = await again.ended;
    expect(code).toBe(6);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'cancelled', account: { total: 3, intended: 0 } });
    await bench.engine.stop();
    const { account } = await bench.store.ledger.getReplay('1');
    expect(account.settled).toBeLessThan(3);
    expect(await bench.drain(bench.source)).toHaveLength(account.settled);
    bench.startEngine();
  });

  it('goes on over a console that was away', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const ids = letters.map((letter) => letter.id);
    const { number } = await bench.confirmed(ids, { ratePerSecond: 1 });
    const watching = startCommand(server.url, ['replays', 'watch', String(number), '--json']);
    await vi.waitUntil(() => watching.out() !== '', { timeout: 20_000 });
    server.goAway();
    await vi.waitUntil(() => watching.error().includes('does not answer; asking again'), { timeout: 20_000 });
    server.comeBack();
    const { code, lines } = await watching.ended;
    expect(code).toBe(0);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ state: 'settled', account: { settled: 3 } });
  });

  it('leaves the replay running at Ctrl-C, and says so', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const ids = letters.map((letter) => letter.id);
    const { id } = await bench.confirmed(ids, { ratePerSecond: 1 });
    const watching = startCommand(server.url, ['replays', 'watch', '1']);
    await vi.waitUntil(() => watching.out() !== '', { timeout: 20_000 });
    watching.child.kill('SIGINT');
    const { code, error } = await watching.ended;
    expect(code).toBe(130);
    expect(error).toContain('it goes on without us: replays watch 1 follows it again');
    expect((await bench.reached(id, 'watching', 'settled')).account).toMatchObject({ settled: 3 });
  });

  it('of a replay that nobody knows ends with 1', async () => {
    const { code, error } = await redeliver('replays', 'watch', '77');
    expect(code).toBe(1);
    expect(error).toBe('There is no such replay.\n');
  });
});

describe('the flags of replay', { timeout: 120_000 }, () => {
  it('are there for every option of a plan', () => {
    const settable = Object.keys(replayOptions.shape).filter((option) => !['action', 'callerTrace'].includes(option));
    expect(settable.filter((option) => !replayFlags.some((flag) => flag.option === option))).toEqual([]);
  });

  it('say what the console would say, before it is asked', async () => {
    const refused: readonly (readonly [readonly string[], string])[] = [
      [[], 'by one of --filter, --all, --ids and --ids-from'],
      [['--filter', 'a', '--ids', 'b'], 'by one of'],
      [['--filter', ' '], 'Say --all where you mean that'],
      [['--ids', ','], 'nothing to replay'],
      [['--ids', 'a', '--rate', '0'], '--rate: '],
      [['--ids', 'a', '--rate', 'fast'], '--rate: '],
      [['--ids', 'a', '--canary', '1,x'], '--canary: '],
      [['--ids', 'a', '--failure-headers', 'drop'], '--failure-headers: '],
      [['--ids', 'a', '--to', 'moon:crater'], '--to: "moon:crater" is no place'],
      [['--ids', 'a', '--patch', '/no/such/file'], '--patch: the file /no/such/file cannot be read'],
      [['--ids', upTo(10_001).join(',')], '--ids: '],
      [['--ids', 'a', '--until', 'never'], '--until is settled or sent'],
      [['--ids', 'a', '--confirm', 'all'], '--confirm takes the number'],
    ];
    for (const [flags, reason] of refused) {
      const asked = readArguments(['replay', ...flags, '--url', 'http://127.0.0.1:1'], {});
      if (!asked) throw new Error('This is no call for help.');
      const refusal: unknown = await planAndSend(asked, 'replay', silent).catch((error: unknown) => error);
      expect(refusal, flags.join(' ')).toBeInstanceOf(UsageError);
      expect(String(refusal)).toContain(reason);
    }
    const watch = await redeliver('replays', 'watch', '1', '--hash', 'x');
    expect(watch).toMatchObject({ code: 2 });
    expect(watch.error).toContain('replays watch takes no --hash: that is for confirm');
  });

  it('reach the plan', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const { source } = await bench.createPair('elsewhere');
    const flags = ['--canary', '2,3', '--canary-watch', '5', '--canary-bad', '0.1', '--failure-headers', 'strip'];
    const elsewhere = ['--to', `sqs:${nameOf(source)}`, '--ignore-redirects', '--partition', 'by-key', '--insist'];
    const all = ['replay', '--ids', letter?.id ?? '', '--dry-run', '--json', ...flags, ...elsewhere];
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    vi.stubEnv('TRACEPARENT', traceparent);
    const { code, lines, error } = await redeliver(...all, '--trace', 'replace');
    vi.unstubAllEnvs();
    expect(code, error).toBe(0);
    const { options } = viewOf(lines[0]);
    expect(options).toMatchObject({
      canary: { steps: [2, 3], watchMs: 5_000, badShareMax: 0.1 },
      failureHeaders: 'strip',
      destination: { kind: 'sqs', queue: 'elsewhere' },
      redirects: 'ignore',
      partition: 'by-key',
      insist: true,
      traceContext: 'replace',
      // The trace of the script that ran it.
      callerTrace: { traceparent, tracestate: null },
    });
  });

  it('take ids as they come', () => {
    expect(idsIn('a,b\n{"id":"c","x":1}\n\n b ,d\n')).toEqual(['a', 'b', 'c', 'd']);
    expect(() => idsIn('{"key":"c"}')).toThrow('no "id"');
  });
});

it("a stranger's text in a plan does nothing to the terminal", async () => {
  const [letter] = await bench.deadLettersInIndex(1);
  const planned = await redeliver('replay', '--ids', letter?.id ?? '', '--dry-run', '--json');
  const view = viewOf(planned.lines[0]);
  const evil = 'evil\u001b[31m\u202e\n';
  const [row] = view.plan.destinations;
  if (!row) throw new Error('The plan has a destination.');
  const note = { code: 'x', count: 1, text: evil, messageIds: [] };
  const text = planText(
    {
      ...view,
      sentence: evil,
      plan: {
        ...view.plan,
        destinations: [
          {
            ...row,
            label: evil,
            connection: evil,
            notes: [evil],
            receivers: [{ kind: 'queue', name: evil, state: evil, members: null, lag: null }],
          },
        ],
        redirected: [{ rule: evil, count: 1 }],
        suggestions: [{ destination: row.destination, label: evil, connection: evil, why: evil }],
        refusals: [note],
        warnings: [note],
        headerChanges: [{ kind: 'sqs', change: 'kept', name: evil, value: evil, why: evil }],
      },
    },
    200,
  );
  expect(text).toContain('evil\\u001b[31m\\u202e');
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
});

import { describe, expect, it, vi } from 'vitest';
import { readArguments } from '#cli/arguments.ts';
import type { Output } from '#cli/output.ts';
import { planText } from '#cli/print-replay.ts';
import { planAndSend } from '#cli/replay-command.ts';
import { createReplayConsole, viewOf } from '#cli/testing/replay-console.ts';
import { silent } from '#cli/testing/silent-output.ts';
import { nameOf, upTo } from '#server/replay/testing/replay-bench.ts';

/** `redeliver replay` against a real console, engine and SQS server. */

const shop = createReplayConsole();
const { bench, start, redeliver, filterOfQueue } = shop;

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

describe('redeliver replay', () => {
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
    const command = start(
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
    expect(none.error).toContain('No message matches this filter. Nothing was planned.');
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
    const asked = readArguments(['replay', '--filter', filterOfQueue(), '--url', shop.server.url], {});
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
    const command = start(['replay', '--ids', letter?.id ?? '', '--yes', '--watch']);
    await vi.waitUntil(() => command.out() !== '', { timeout: 60_000 });
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
    expect(listed.lines[1]).toMatch(/^1 +settled +\S+ \S+ +1 +1 +0 +0 +1 +Replay one selected message/);
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

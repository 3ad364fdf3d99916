import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArguments } from '#cli/arguments.ts';
import { cutNote } from '#cli/commands.ts';
import { jsonLine, printable, printableLines, table } from '#cli/print.ts';
import { type RealConsole, startCommand, startRealConsole } from '#cli/testing/real-console.ts';
import { UsageError } from '#cli/usage-error.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'redeliver-cli-'));
let store: Store;
let payloads: PayloadReader;
let server: RealConsole;
let url: string;
let now = 100_000;
/** How long it takes from one answer to the next question. */
let betweenMs = 0;

beforeAll(async () => {
  store = openSqliteStore({ folder, role: 'writer' });
  payloads = createPayloadReader({ registries: new Map() });
  const clock = { now: () => now };
  provideRuntime({ store, clock, payloads, sandbox: null, version: 'test', engineSeenAt: () => null });
  const queueId = await addQueue(store, 'orders.dlq');
  const letters = manyLetters(1_200, (n) => ({ at: n, keyText: n === 7 ? 'evil\u001b[31m' : `k-${n}` }));
  await store.index.ingest({ queueId, letters, scan: 's' });
  server = await startRealConsole(() => (now += betweenMs));
  ({ url } = server);
});

afterAll(async () => {
  server.close();
  await payloads.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const redeliver = (...args: string[]) => startCommand(url, args).ended;

// Each starts processes, which take their time on a busy machine.
describe('the command line', () => {
  test('lists queues, groups and messages of a running console', async () => {
    const queues = await redeliver('queues');
    expect(queues).toMatchObject({ code: 0, error: '' });
    expect(queues.lines[1]).toMatch(/^1200 .* kafka\/orders\.dlq .* TimeoutError$/);
    // Nobody knows yet whether it is empty.
    await addQueue(store, 'unread.dlq');
    const unread = (await redeliver('queues')).lines.filter((line) => line.includes('unread.dlq'));
    expect(unread).toEqual([expect.stringMatching(/^\?\s+\?\s+waiting\s+-\s+kafka\/unread\.dlq/)]);
    const rows = (await redeliver('queues', '--json')).lines.map((line) => JSON.parse(line) as { name: string });
    const counts = { open: null, stillOpen: null, newInDay: null, hourly: null, indexed: 0 };
    expect(rows.find(({ name }) => name === 'unread.dlq')).toMatchObject(counts);
    expect(rows.find(({ name }) => name === 'orders.dlq')).toMatchObject({ open: 1_200, indexed: 1_200 });
    const groups = await redeliver('groups', '--filter', 'error:answer', '--json');
    expect(groups.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ count: 1_200 }]);
    const messages = await redeliver('messages', '--filter', 'key:=k-3', '--json');
    expect(messages.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ key: 'k-3', state: 'new' }]);
  });

  test('lists who is behind, the furthest first, and says of a connection what could not be read', async () => {
    const group = {
      kind: 'group',
      groupKind: 'classic',
      state: 'stable',
      members: 2,
      gap: null,
      partitions: 1,
      uncommitted: 0,
    } as const;
    const rows = [
      { ...group, group: 'mail', topic: 'orders', lag: 3 },
      { ...group, group: 'bills', topic: 'evil\u001b[31m', lag: 1_204 },
      { ...group, group: 'new', topic: 'orders', lag: null, gap: 'no-commit' },
    ] as const;
    await store.watch.saveLag('main', { rows, notes: ['One group is hidden.'] }, { at: 90_000, tookMs: 5 });
    const all = await redeliver('lag');
    expect(all).toMatchObject({ code: 0, error: expect.stringContaining('main: One group is hidden.') });
    expect(all.lines.slice(1).map((line) => line.split(/\s+/)[0])).toEqual(['1204', '3', 'no-commit']);
    expect(all.lines.join()).not.toContain('\u001b');
    const one = await redeliver('lag', '--topic', 'orders', '--group', 'mail', '--json');
    expect(one.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { connection: 'main', at: 90_000, group: 'mail', lag: 3 },
    ]);
  });

  test('goes on from page to page until the limit', async () => {
    const { code, lines } = await redeliver('messages', '--limit', '1100', '--order', 'oldest', '--json');
    expect(code).toBe(0);
    expect(lines).toHaveLength(1_100);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ key: 'k-1099' });
  });

  test('by expiry it says when each goes, and what is not known comes last', async () => {
    const untold = await redeliver('messages', '--order', 'expiring', '--limit', '2');
    expect(untold.lines[1]).toContain('not known');
    await store.index.saveQueueStatus('kafka/orders.dlq', { retention: { kind: 'for', ms: 3_000, bound: 'at-least' } });
    const told = await redeliver('messages', '--order', 'expiring', '--limit', '2');
    expect(told.lines[0]).toMatch(/^DEAD-LETTERED +EXPIRES +STATE/);
    expect(told.lines[1]).toMatch(/^1970-01-01 00:00:00\S* +>= 1970-01-01 00:00:03/);
    const rows = await redeliver('messages', '--order', 'expiring', '--limit', '2', '--json');
    expect(rows.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { key: 'k-0', expires: { at: 3_000, bound: 'at-least' } },
      { key: 'k-1', expires: { at: 3_001, bound: 'at-least' } },
    ]);
    await store.index.saveQueueStatus('kafka/orders.dlq', { retention: { kind: 'untold' } });
  });

  test("a time ago is the same instant on every page, in the range and in the filter's own times", async () => {
    [now, betweenMs] = [60_000, 1_000];
    const since = await redeliver('messages', '--filter', 'since:1m', '--limit', '2000', '--json');
    now = 60_000;
    const at = await redeliver('messages', '--filter', 'at:>1m OR key:none', '--limit', '2000', '--json');
    [now, betweenMs] = [100_000, 0];
    expect(since.lines).toHaveLength(1_200);
    expect(at.lines).toHaveLength(1_199);
  });

  test('an export is the file of the console, to the letter', async () => {
    const file = async (query: string) => (await fetch(`${url}/api/v1/exports?${query}`)).text();
    const run = async (...args: readonly string[]) => {
      const { code, lines, error } = await redeliver('export', ...args);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      return lines.map((line) => `${line}\n`).join('');
    };
    const ndjson = await run();
    expect(ndjson).toBe(await file('format=ndjson'));
    expect(ndjson.trimEnd().split('\n')).toHaveLength(1_200);
    const csv = await run('--format', 'csv', '--filter', 'key:=k-3');
    expect(csv).toBe(await file('format=csv&filter=key%3A%3Dk-3'));
    expect(csv).toMatch(/^id,at,state/);
    const content = await run('--content', '--filter', 'key:=k-3');
    expect(JSON.parse(content)).toMatchObject({ key: 'k-3', body: { text: '{"order":1}' } });
  });

  test('an export that breaks off ends with 1, and says that it is not all', async () => {
    const half = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":1}\n', () => response.destroy());
    });
    const port = await new Promise<number>((resolve) =>
      half.listen(0, '127.0.0.1', () => {
        const address = half.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      }),
    );
    const { code, error, lines } = await redeliver('export', '--url', `http://127.0.0.1:${port}`);
    half.close();
    expect({ code, lines }).toEqual({ code: 1, lines: ['{"id":1}'] });
    expect(error).toContain('broke off: what came until then is not all of it');
  });

  test('groups that do not fit are counted, those that nobody lists are not', () => {
    expect(cutNote(100, { new: 60, ongoing: 40, resolved: 9, ignored: 3 })).toBeNull();
    expect(cutNote(100, { new: 60, ongoing: 44 })).toContain('the first 100 of 104 groups');
  });

  test('nothing that matches is an answer', async () => {
    expect(await redeliver('messages', '--filter', 'key:none', '--json')).toEqual({ code: 0, lines: [], error: '' });
  });

  test('a queue or a connection that there is none of is named', async () => {
    for (const command of ['messages', 'groups'])
      expect(await redeliver(command, '--filter', 'queue:order.dlq OR queue:orders.dlq key:none', '--json')).toEqual({
        code: 0,
        lines: [],
        error: expect.stringContaining('no queue is order.dlq. Did you mean orders.dlq?'),
      });
    const { code, error } = await redeliver('lag', '--connection', 'nope');
    expect(code).toBe(0);
    expect(error).toContain('there is no connection nope.');
  });

  test('the states of items are listed where another is asked for', async () => {
    const { code, error } = await redeliver('replays', 'items', '1', '--state', 'cancelled');
    expect(code).toBe(2);
    expect(error).toContain(
      '--state is planned, intended, sent, settled, skipped, failed or unknown, and not "cancelled".',
    );
  });

  test('points at the character, without asking the console, and ends with 2', async () => {
    const { code, error } = await redeliver('messages', '--filter', 'state:new stat:x', '--url', 'http://127.0.0.1:1');
    expect(code).toBe(2);
    expect(error).toContain("Unknown field 'stat'. Did you mean state:?");
    expect(error).toContain('  state:new stat:x\n            ^^^^\n');
  });

  test('says where there is no console, and ends with 1', async () => {
    const { code, error } = await redeliver('queues', '--url', 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(error).toMatch(/No console answers at http:\/\/127\.0\.0\.1:1\./);
  });

  test('sends name and password of an address as a proxy asks for them, and prints neither', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(502).end();
    });
    const port = await new Promise<number>((resolve) =>
      proxy.listen(0, '127.0.0.1', () => {
        const address = proxy.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      }),
    );
    const { error } = await redeliver('queues', '--url', `http://ada:hush%21@127.0.0.1:${port}`);
    proxy.close();
    expect(asked).toEqual([`Basic ${btoa('ada:hush!')}`]);
    expect(error).toContain(`http://127.0.0.1:${port} answered 502`);
    const nobody = await redeliver('queues', '--url', 'http://ada:hush@127.0.0.1:1');
    expect(nobody.error).toContain('No console answers at http://127.0.0.1:1.');
    const wrong = await redeliver('queues', '--url', 'ftp://ada:hush@127.0.0.1');
    expect(`${error}${nobody.error}${wrong.error}`).not.toContain('hush');
  });

  test('help is an answer', async () => {
    const { code, lines } = await redeliver('--help');
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('--filter');
  });

  test("a stranger's text does nothing to the terminal", async () => {
    const { lines } = await redeliver('messages', '--filter', 'key:evil');
    expect(lines.join('')).toContain('evil\\u001b[31m');
    expect(printable('a\u202eb\u009b')).toBe('a\\u202eb\\u009b');
    expect(JSON.parse(jsonLine({ key: 'a\u202eb\u009b"\n' }))).toEqual({ key: 'a\u202eb\u009b"\n' });
    expect(printableLines('a\u001b[31m,b\r\n\u202ec\n')).toBe('a\\u001b[31m,b\n\\u202ec\n');
    expect(table(['A', 'B'], [['x\ny', 'z']], { width: 80 })).toBe('A         B\nx\\u000ay  z');
  });

  test.each([
    [['nothing'], /no command/],
    [['replais'], /Did you mean replays\?/],
    [['queues', '--jsn'], /^There is no --jsn\. Did you mean --json\?/],
    [['queues', '--filter', 'x'], /takes no --filter/],
    [['messages', '--limit', '0'], /--limit/],
    [['export', '--limit', '5'], /takes no --limit/],
    [['messages', '--content'], /messages takes no --content: that is for export/],
    [['queues', 'more'], /no command "queues more"/],
    [['queues', '--url', 'localhost'], /no address/],
    [['queues', '--wrong'], /--wrong/],
  ])('%j is refused with a reason', (args, reason) => {
    expect(() => readArguments(args, {})).toThrow(UsageError);
    expect(() => readArguments(args, {})).toThrow(reason);
  });

  test.each([
    [['messages', '--order', 'up'], '--order is newest, oldest or expiring'],
    [['export', '--format', 'xml'], '--format is ndjson or csv'],
    [['export', '--format', 'csv', '--content'], 'for NDJSON'],
  ])('%j ends with 2 before the console is asked', async (args, reason) => {
    const { code, error } = await redeliver(...args, '--url', 'http://127.0.0.1:1');
    expect(code).toBe(2);
    expect(error).toContain(reason);
  });
});

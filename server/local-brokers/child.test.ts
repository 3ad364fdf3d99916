import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildSpec, endProcess, isRunning, startChild } from '#server/local-brokers/child.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redeliver-child-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function aChild(script: string, changes: Partial<ChildSpec> = {}): ChildSpec {
  const logFile = join(folder, 'child.log');
  return {
    name: 'The child',
    command: process.execPath,
    args: ['--eval', script],
    env: {},
    cwd: folder,
    logFile,
    isReady: () => Promise.resolve(readFileSync(logFile, 'utf8').includes('ready')),
    readyWithinMs: 10_000,
    outlivesParent: false,
    ...changes,
  };
}

const untilEnded = 'console.log("ready"); setInterval(() => {}, 1000);';

test('a child runs from its readiness until it is ended', async () => {
  const child = await startChild(aChild(untilEnded));
  expect(await isRunning(child)).toBe(true);
  await endProcess(child, { gracefulMs: 5_000 });
  expect(await isRunning(child)).toBe(false);
});

test('a child that ignores SIGTERM is killed when its time is over', async () => {
  const child = await startChild(aChild(`process.on('SIGTERM', () => {}); ${untilEnded}`));
  await endProcess(child, { gracefulMs: 200 });
  expect(await isRunning(child)).toBe(false);
});

test('what a child has started itself ends with it', async () => {
  const script = `const { pid } = require('node:child_process').spawn('sleep', ['600']); console.log('ready', pid); setInterval(() => {}, 1000);`;
  const child = await startChild(aChild(script));
  const grandchild = Number(/ready (\d+)/.exec(readFileSync(join(folder, 'child.log'), 'utf8'))?.[1]);
  await endProcess(child, { gracefulMs: 5_000 });
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

test('a child that ends before it is ready fails with the end of its log', async () => {
  const spec = aChild('console.log("port 1234 is taken"); process.exit(3);');
  await expect(startChild(spec)).rejects.toThrow(
    /The child did not start: it exited with code 3[^]*port 1234 is taken/,
  );
});

test('a child that does not get ready in time is not left running', async () => {
  const spec = aChild('console.log("pid", process.pid); setInterval(() => {}, 1000);', { readyWithinMs: 1_000 });
  await expect(startChild(spec)).rejects.toThrow('was not ready within 1 s');
  const pid = Number(/pid (\d+)/.exec(readFileSync(spec.logFile, 'utf8'))?.[1]);
  expect(isAlive(pid)).toBe(false);
});

test('a command that does not exist fails with its name', async () => {
  await expect(startChild(aChild('', { command: 'no-such-broker', outlivesParent: true }))).rejects.toThrow(
    'no-such-broker',
  );
});

test('another process with the same id is not taken for the child', async () => {
  expect(await isRunning({ pid: process.pid, startedAt: 'long ago' })).toBe(false);
});

/** What has ended, but was not collected by its parent yet, keeps its id and counts as gone. */
function isAlive(pid: number): boolean {
  const status = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return status !== '' && !status.startsWith('Z');
}

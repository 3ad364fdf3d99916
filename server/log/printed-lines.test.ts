import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import type { LogFields } from '#server/log/log.ts';
import { captured, sayPrints, sayWarnings } from '#server/log/printed-lines.ts';

type Line = readonly [line: string, about: LogFields | undefined];

it('what a thread prints becomes lines without what they quote, each once', async () => {
  const worker = new Worker(
    `console.log('Connected to the broker: hidden-1');
     for (let n = 0; n < 3; n += 1) process.stderr.write('retry ' + n + ' {"key":"hidden-2"}\\n');
     for (const ms of [-5, -6]) setTimeout(() => undefined, ms);
     process.stdout.write('without an end');`,
    { eval: true, ...captured },
  );
  const lines: Line[] = [];
  sayPrints(worker, 'engine', (line, about) => lines.push([line, about]));
  await vi.waitUntil(() => lines.length >= 5, { timeout: 60_000 });
  expect(lines).toEqual(
    expect.arrayContaining([
      ['printed: Connected to the broker', { thread: 'engine' }],
      ['printed: retry 0', { thread: 'engine', code: 'printed' }],
      ['printed: without an end', { thread: 'engine' }],
      [
        'printed: TimeoutNegativeWarning: -5 is a negative number.',
        { thread: 'engine', code: 'TimeoutNegativeWarning' },
      ],
      ['printed: Timeout duration was set to 1.', { thread: 'engine', code: 'printed' }],
    ]),
  );
  expect(lines).toHaveLength(5);
  expect(JSON.stringify(lines)).not.toContain('hidden');
});

it('warnings of Node are lines, and are printed again afterwards', async () => {
  const before = process.listeners('warning');
  const lines: Line[] = [];
  const end = sayWarnings((line, about) => lines.push([line, about]));
  for (const _ of [1, 2]) process.emitWarning('It is old {"key":"hidden"}', 'OldWarning');
  await vi.waitUntil(() => lines.length > 0, { timeout: 30_000 });
  end();
  expect(lines).toEqual([['OldWarning: It is old', { code: 'OldWarning' }]]);
  expect(process.listeners('warning')).toEqual(before);
});

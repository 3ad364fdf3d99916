import { describe, expect, it, vi } from 'vitest';
import { readArguments } from '#cli/arguments.ts';
import { planAndSend } from '#cli/replay-command.ts';
import { replayFlags } from '#cli/replay-flags.ts';
import { idsIn } from '#cli/replay-request.ts';
import { createReplayConsole, viewOf } from '#cli/testing/replay-console.ts';
import { silent } from '#cli/testing/silent-output.ts';
import { UsageError } from '#cli/usage-error.ts';
import { replayOptions } from '#lib/api/replays.ts';
import { nameOf, upTo } from '#server/replay/testing/replay-bench.ts';

/** What the flags of `redeliver replay` say, and what is wrong with them. */

const { bench, redeliver } = createReplayConsole();

describe('the flags of replay', () => {
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
      [['--ids', 'a', '--rate', '0'], '--rate: must be a number from 0.1 to 100,000 messages a second'],
      [['--ids', 'a', '--rate', 'fast'], '--rate: must be a number from 0.1'],
      [['--ids', 'a', '--canary', '5,1'], '--canary: a step must not be smaller than the one before it'],
      [['--ids', 'a', '--canary-bad', '3'], '--canary-bad: must be a number from 0 to 1'],
      [['--ids', 'a', '--canary-watch', '0'], '--canary-watch: must be from a second to an hour'],
      [['--ids', 'a', '--canary', '1,x'], '--canary: '],
      [['--ids', 'a', '--failure-headers', 'drop'], '--failure-headers: is keep or strip, and not "drop".'],
      [
        ['--ids', 'a', '--partition', 'by-ke'],
        '--partition: is original or by-key, and not "by-ke". Did you mean by-key?',
      ],
      [
        ['--ids', 'a', '--timestamp', 'orginal'],
        '--timestamp: is now, header or original, and not "orginal". Did you mean original?',
      ],
      [
        ['--ids', 'a', '--to', '{"kind":"kafk"}'],
        '--to: its kind is kafka, rabbitmq or sqs, and not "kafk". Did you mean kafka?',
      ],
      [['--ids', 'a', '--to', 'moon:crater'], '--to: "moon:crater" is no place'],
      [['--ids', 'a', '--patch', '/no/such/file'], '--patch: the file /no/such/file cannot be read'],
      [['--ids', upTo(10_001).join(',')], '--ids: are 10,000 at most.'],
      [['--ids', 'a', '--until', 'never'], '--until is settled or sent, and not "never".'],
      [['--ids', 'a', '--until', 'setled'], 'Did you mean settled?'],
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

import { describe, expect, test } from 'vitest';
import {
  accountBar,
  accountParts,
  cancelQuestion,
  endOfSending,
  lastLook,
  statePill,
  steering,
  wayOn,
} from '#components/replay/prepare-account.ts';
import { replayStates } from '#lib/domain/replay.ts';
import { canReplayGo } from '#lib/replay/transitions.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const nothing = anAccount();

describe('the account of a replay', () => {
  test('says what is known and never that it succeeded', () => {
    const words = accountParts({
      state: 'watching',
      account: anAccount({ total: 3, sent: 1, settled: 2, returned: 1 }),
    }).map((part) => part.words);
    expect(words.join(' · ')).toBe('3 sent · 2 not seen again so far · 1 returned · 0 unknown');
    const edit = { body: { kind: 'replace', text: '{}' }, headers: [] } as const;
    const [sent] = accountParts({
      state: 'settled',
      account: anAccount({ settled: 12 }),
      options: { action: 'replay', edit },
    });
    expect(sent?.words).toBe('12 sent, edited');
    for (const state of replayStates) {
      const said = `${statePill({ state, account: nothing, watchUntil: null }, 0).word} ${accountParts({
        state,
        account: nothing,
      })
        .map((part) => part.words)
        .join(' ')}`;
      expect(said).not.toMatch(/succe|success/i);
    }
  });

  test('"so far" ends when nobody looks any more', () => {
    expect(accountParts({ state: 'settled', account: anAccount({ total: 1, settled: 1 }) })[1]?.words).toBe(
      '1 not seen again',
    );
  });

  test('what failed, was not sent or is still to go is said only where there is some', () => {
    const parts = accountParts({
      state: 'sending',
      account: anAccount({ total: 6, planned: 2, sent: 1, skipped: 1, failed: 1, unknown: 1 }),
    });
    expect(parts.map((part) => part.words)).toEqual([
      '1 sent',
      '1 not seen again so far',
      '0 returned',
      '1 unknown',
      '1 failed',
      '1 not sent',
      '2 to go',
    ]);
  });

  test('what was cancelled is not sent, and what stopped may go on', () => {
    const account = anAccount({ total: 9, sent: 2, planned: 7 });
    expect(accountParts({ state: 'cancelled', account }).at(-1)?.words).toBe('7 cancelled, not sent');
    expect(accountParts({ state: 'stopped', account }).at(-1)?.words).toBe('7 left');
  });

  test('cancelling asks with the count of what is left, without what is under way', () => {
    const account = anAccount({ total: 1_300, planned: 1_204, intended: 90, sent: 6 });
    expect(cancelQuestion({ account })).toBe('Cancel the 1,204 messages that are left? What was sent stays sent.');
    const options = { action: 'discard' } as const;
    expect(cancelQuestion({ account: anAccount({ planned: 1 }), options })).toMatch(
      /^Cancel the message that is left\?/,
    );
    expect(cancelQuestion({ account: anAccount({ settled: 3 }) })).toMatch(/Nothing is left/);
  });

  test('only a replay that sent every message is called all sent', () => {
    expect(endOfSending(anAccount({ total: 1_000, settled: 100, planned: 900 }))).toBe('sending ended');
    expect(endOfSending(anAccount({ total: 3, settled: 2, unknown: 1 }))).toBe('sending ended');
    expect(endOfSending(anAccount({ total: 3, sent: 1, settled: 2 }))).toBe('all sent');
  });

  test('the bar never says more than all', () => {
    const bar = accountBar({
      state: 'watching',
      account: anAccount({ total: 4, sent: 2, failed: 1, unknown: 1, returned: 1 }),
    });
    expect(bar.map((segment) => [segment.key, segment.start, segment.width])).toEqual([
      ['not-seen', 0, 25],
      ['returned', 25, 25],
      ['unknown', 50, 25],
      ['failed', 75, 25],
    ]);
  });

  test('only what is under way or stands still can be steered', () => {
    expect(replayStates.filter((state) => steering(state).length > 0)).toEqual([
      'queued',
      'sending',
      'paused',
      'stopped',
    ]);
  });

  test('every command that is offered is one that the replay can take', () => {
    const goesTo = { pause: 'paused', resume: 'queued', cancel: 'cancelled' } as const;
    for (const state of replayStates)
      for (const command of steering(state)) expect(canReplayGo(state, goesTo[command])).toBe(true);
  });

  test('a replay that stopped by itself says how it can go on, and no other does', () => {
    expect(wayOn({ state: 'stopped', account: anAccount({ total: 1_204, planned: 1_200 }) })).toMatch(
      /resume: the 1,200 messages that are left/,
    );
    expect(wayOn({ state: 'stopped', account: anAccount({ total: 2, settled: 2 }) })).toMatch(/look for returns/);
    expect(replayStates.filter((state) => wayOn({ state, account: nothing }) !== null)).toEqual(['stopped']);
  });

  test('progress counts what was decided, and watching says how long it lasts', () => {
    expect(
      statePill({ state: 'sending', account: anAccount({ total: 1_204, sent: 400, settled: 12 }), watchUntil: null }, 0)
        .word,
    ).toBe('sending 412 of 1,204');
    expect(statePill({ state: 'watching', account: nothing, watchUntil: 250_000 }, 0).word).toBe(
      'watching · settles in 4 min',
    );
    expect(statePill({ state: 'watching', account: nothing, watchUntil: 300 }, 0).word).toBe(
      'watching · settles in 1 s',
    );
  });

  test('one whose watch is over settles when its queues were read once more, and promises no time', () => {
    const over = { state: 'watching', watchUntil: 5_000, queueIds: ['a/orders.dlq'] } as const;
    expect(statePill({ ...over, account: nothing }, 5_000).word).toBe('watch over · a last look');
    expect(lastLook(over, 5_000)).toBe('It settles when its queue has been read once more.');
    expect(lastLook({ ...over, queueIds: ['a/b', 'a/c'] }, 9_000)).toBe(
      'It settles when its queues have been read once more.',
    );
    expect(lastLook(over, 4_999)).toBeNull();
    expect(lastLook({ ...over, state: 'settled' }, 9_000)).toBeNull();
  });
});

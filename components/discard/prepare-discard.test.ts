import { describe, expect, it } from 'vitest';
import {
  actLabel,
  canRestore,
  discardItemPill,
  discardParts,
  discardPill,
  discardSentences,
  restoreLabel,
} from '#components/discard/prepare-discard.ts';
import { accountBar } from '#components/replay/prepare-account.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const words = (parts: readonly { readonly words: string }[]) => parts.map((part) => part.words).join(' · ');

describe('the account of a discard', () => {
  it('says what is out of its queue and what is only archived', () => {
    const account = anAccount({ total: 6, settled: 3, sent: 1, skipped: 1, planned: 1 });
    expect(words(discardParts('discard', { account, state: 'sending' }))).toBe(
      '3 discarded · 1 archived, not yet removed · 1 not discarded · 1 to go',
    );
    expect(discardPill('discard', { account, state: 'sending' }).word).toBe('discarding 3 of 5');
  });

  it('says what of it was restored, and offers to restore while something is left', () => {
    const replay = { account: anAccount({ total: 30, settled: 30 }), state: 'settled', restored: 14 } as const;
    expect(words(discardParts('discard', replay))).toBe('30 discarded · 14 of them restored');
    expect(words(discardParts('discard', { ...replay, restored: 0 }))).toBe('30 discarded');
    const options = { ...usualOptions, action: 'discard' } as const;
    expect(canRestore({ ...replay, options })).toBe(true);
    expect(canRestore({ ...replay, options, restored: 30 })).toBe(false);
    expect(canRestore({ ...replay, options: usualOptions })).toBe(false);
    expect(discardItemPill('discard', { state: 'settled', restoredAt: 5 }, 'settled').word).toBe('restored');
    expect(discardItemPill('discard', { state: 'settled', restoredAt: null }, 'settled').word).toBe('discarded');
    // The bar has each message once.
    const widths = (restored: number) =>
      accountBar({ ...replay, options, restored }).map(({ key, width }) => [key, Math.round(width)]);
    expect(widths(15)).toEqual([
      ['not-seen', 50],
      ['restored', 50],
    ]);
    expect(widths(0)).toEqual([['not-seen', 100]]);
    expect(widths(30)).toEqual([['restored', 100]]);
    expect(restoreLabel({ ...replay, restored: 0 })).toBe('Restore');
    expect(restoreLabel(replay)).toBe('Restore the other 16');
  });

  it('of a restore with an unknown outcome is not done', () => {
    const account = anAccount({ total: 2, settled: 1, unknown: 1 });
    expect(words(discardParts('restore', { account, state: 'settled' }))).toBe('1 restored · 1 unknown');
    expect(discardPill('restore', { account, state: 'settled' })).toEqual({
      tone: 'attention',
      word: 'done, not all of it',
    });
  });
});

describe('the plan of a discard', () => {
  it('says until when what leaves its queue can be restored, and that a log keeps it', () => {
    const keptUntil = Date.UTC(2026, 11, 24, 12);
    expect(discardSentences({ removes: 'all', willSend: 2, keptUntil })).toEqual([
      'Each is written whole into the archive here, and only then removed from its queue.',
      'Until 24 December 2026 they can be restored; after that nobody can.',
    ]);
    const since = (done: number, restored: number) =>
      discardSentences({ removes: 'all', willSend: done, keptUntil }, { done, restored })[1];
    expect(since(6, 2)).toBe(
      '2 were restored. Until 24 December 2026 the other 4 can be restored, too; after that nobody can.',
    );
    expect(since(2, 1)).toContain('1 was restored. Until 24 December 2026 the other one can');
    expect(since(2, 2)).toBe('2 were restored: nothing is left to be restored.');
    expect(discardSentences({ removes: 'none', willSend: 1 })).toEqual([expect.stringContaining('stays in its topic')]);
    expect(discardSentences({ removes: 'some', willSend: 3, keptUntil })).toHaveLength(3);
  });

  it('names what its button does', () => {
    expect(actLabel('discard', 12)).toBe('Discard 12 messages');
    expect(actLabel('restore', 1)).toBe('Restore 1 message');
    expect(actLabel('restore', 0)).toBe('Nothing can be restored');
  });
});

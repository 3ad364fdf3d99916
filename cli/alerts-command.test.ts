import { expect, test } from 'vitest';
import { alertCells } from '#cli/alerts-command.ts';
import { anAlert } from '#lib/alerts/testing/an-alert.ts';

test('two groups with one title are told apart, as in what receivers get', () => {
  const said = (id: string) => {
    const subject = { kind: 'group', id, label: 'no reason given', queueIds: [] } as const;
    return alertCells({ ...anAlert('a', { subject, sentence: 'New: no reason given' }), mutedBy: null }).at(-1);
  };
  expect(said('hykyxq11')).toBe('New: no reason given · group hykyxq');
  expect(said('abcdef22')).toBe('New: no reason given · group abcdef');
  expect(alertCells({ ...anAlert('a', { sentence: 'It is deep' }), mutedBy: 'm' }).slice(-2)).toEqual([
    'muted',
    'It is deep',
  ]);
});

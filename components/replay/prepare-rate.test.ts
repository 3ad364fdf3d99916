import { expect, test } from 'vitest';
import { rateProblem, rates, rateText, readRate, unplannedRate } from '#components/replay/prepare-rate.ts';

test('a rate that cannot be is refused in words, and none is no mistake', () => {
  for (const typed of ['0', '200000', '1.2.3', '.', '-5', '1,5', '1e3', '0x10', '5/s'])
    expect(rateProblem(typed), typed).toContain('from 0.1 to 100,000');
  for (const typed of ['', ' ', '0.1', '7.5', '.5', '5.', '100000']) expect(rateProblem(typed), typed).toBeNull();
});

test('nothing is sent while the field shows another rate than the plan is for', () => {
  for (const planned of [null, 10, 7])
    for (const typed of ['0', '-5', '12', '7.5']) expect(unplannedRate(typed, planned), typed).not.toBeNull();
  expect(unplannedRate('0', null)).toContain('“0” is no rate');
  expect(unplannedRate('12', null)).toContain('press Enter');
  // A rate of one's own that was taken out of the field again leaves neither it nor a preset in sight.
  expect(unplannedRate('', 7)).not.toBeNull();
});

test('what the field shows of a plan is the rate of that plan', () => {
  for (const planned of [...rates, 0.1, 7.5, 100_000]) expect(unplannedRate(rateText(planned), planned)).toBeNull();
  expect(rates.map(rateText)).toEqual(['', '', '', '']);
  expect(readRate(rateText(7.5))).toBe(7.5);
  expect(unplannedRate(' 10 ', 10)).toBeNull();
});

import { fc } from '#lib/testing/properties.ts';
import { expect, it } from 'vitest';
import { checkProperty } from '#lib/testing/check-property.ts';

it('draws the least number of cases however little time there is, and what fails, fails', () => {
  let runs = 0;
  const counted = fc.property(fc.nat(), () => {
    runs += 1;
  });
  checkProperty(counted, { least: 20, most: 1_000_000, patienceMs: 5 });
  expect(runs).toBeGreaterThanOrEqual(20);
  expect(runs).toBeLessThan(1_000_000);
  const wrong = fc.property(fc.nat(), (n) => n < 0);
  expect(() => checkProperty(wrong, { least: 1, most: 2, patienceMs: 5 })).toThrow('Property failed');
});

import { describe, expect, test } from 'vitest';
import { load, refusal } from '#server/config/testing/load.ts';

describe('masking', () => {
  test('says what nobody reads', () => {
    const yaml = `masking:
  fields: [customer.email, '*.card.number']
  headers: [authorization]
  patterns: [email, { name: badge, expression: 'B-\\d{6}' }]
`;
    expect(load({}, yaml).masking).toEqual({
      fields: ['customer.email', '*.card.number'],
      headers: ['authorization'],
      patterns: ['email', { name: 'badge', expression: 'B-\\d{6}' }],
      keys: false,
    });
    expect(load({}).masking).toBeUndefined();
  });

  test.each([
    ['masking: { fields: [a..b] }', 'masking.fields[0]', 'no path of a field'],
    ['masking: { field: [a] }', 'masking.field', 'is not a known key'],
    ['masking: { patterns: [emails] }', 'masking.patterns[0]', 'must be one of email'],
    ["masking: { patterns: [{ name: x, expression: '(?<=a)b' }] }", 'masking.patterns[0].expression', 'no look-around'],
    ["masking: { patterns: [{ name: x, expression: 'a*' }] }", 'masking.patterns[0].expression', 'empty text'],
    ['masking: { keys: maybe }', 'masking.keys', 'true or false'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

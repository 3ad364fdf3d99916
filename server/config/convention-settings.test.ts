import { describe, expect, test } from 'vitest';
import { load, refusal } from '#server/config/testing/load.ts';

describe('conventions', () => {
  test('say by which header each field is carried', () => {
    const yaml = `conventions:
  - name: acme
    error: x-acme-error
    originOffset: { header: x-acme-offset, decoder: int64 }
`;
    expect(load({}, yaml).conventions).toEqual([
      {
        name: 'acme',
        fields: {
          error: { header: 'x-acme-error', decoder: 'text' },
          originOffset: { header: 'x-acme-offset', decoder: 'int64' },
        },
      },
    ]);
    expect(load({}).conventions).toBeUndefined();
  });

  test('say the entry of a header, the place in the body, and where the message itself is', () => {
    const yaml = `conventions:
  - name: acme
    error: { header: x-acme, entry: error.message, take: first }
    eventType: { body: event.type }
    original: { body: event }
`;
    expect(load({}, yaml).conventions).toEqual([
      {
        name: 'acme',
        fields: {
          error: { header: 'x-acme', decoder: 'text', take: 'first', entry: ['error', 'message'] },
          eventType: { body: ['event', 'type'] },
        },
        original: { body: ['event'] },
      },
    ]);
  });

  test.each([
    ['conventions: [{ name: acme }]', 'conventions[0]', 'says no field'],
    ['conventions: [{ name: acme, errorr: x }]', 'conventions[0].errorr', 'is not a known key'],
    ['conventions: [{ name: acme, error: 7 }]', 'conventions[0].error', 'a header name such as'],
    ['conventions: [{ name: acme, error: { body: a..b } }]', 'conventions[0].error', 'or { body: error.message }'],
    ['conventions: [{ name: acme, original: x-acme }]', 'conventions[0].original', 'must'],
    ['conventions: [{ error: x }]', 'conventions[0].name', 'must be a name for people'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});

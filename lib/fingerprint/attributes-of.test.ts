import { describe, expect, test } from 'vitest';
import { bytesHeader, textHeader } from '#lib/domain/message.ts';
import { attributesOf } from '#lib/fingerprint/attributes-of.ts';
import { mark } from '#lib/masking/mark.ts';

const valueOf = (value: string) =>
  attributesOf({ headers: [textHeader('errorCode', value)], properties: [] }, ['errorCode'])[0]?.value;

describe('attributes that messages are grouped by', () => {
  test('are found by name in whatever case, headers before properties, and of repeated ones the last', () => {
    const message = {
      headers: [textHeader('ErrorCode', 'first'), bytesHeader('errorcode', 'last')],
      properties: [textHeader('errorCode', 'property'), textHeader('type', 'Billed')],
    };
    expect(attributesOf(message, ['errorCode', 'type', 'tenant'])).toEqual([
      { name: 'errorCode', value: 'last' },
      { name: 'type', value: 'Billed' },
    ]);
  });

  test('are without ids, as messages are, but codes stay', () => {
    expect(valueOf('Card 4711471147114711 declined')).toBe('Card # declined');
    expect(valueOf('3f2504e0-4f89-11d3-9a0c-0305e82c3301')).toBe('#');
    expect(valueOf('1234567890')).toBe('#');
    for (const code of ['404', 'E1042', 'CARD_DECLINED', 'eu-central-1', 'invoice.created', mark])
      expect(valueOf(code)).toBe(code);
  });

  test('that say nothing are none', () => {
    expect(valueOf('')).toBeUndefined();
  });
});

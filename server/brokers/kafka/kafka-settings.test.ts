import { expect, test } from 'vitest';
import { addressLabel, parseAddress } from '#server/brokers/kafka/kafka-settings.ts';

test.each([
  ['kafka-1:9093', { host: 'kafka-1', port: 9093 }],
  ['kafka-1', { host: 'kafka-1', port: 9092 }],
  ['[::1]:9094', { host: '::1', port: 9094 }],
])('%s is an address', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
  expect(parseAddress(addressLabel(address))).toEqual(address);
});

test.each(['', 'kafka:', 'a:b:c', 'kafka:123456'])('"%s" is none', (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'invalid_configuration' }));
});

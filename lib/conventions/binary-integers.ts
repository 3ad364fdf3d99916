import type { HeaderValue } from '#lib/domain/message.ts';

/** A big-endian signed integer of exactly so many bytes, as decimal text; `undefined` for anything else. */
export function binaryInteger(value: HeaderValue | undefined, bytes: 4 | 8): string | undefined {
  if (value?.kind !== 'bytes' || value.bytes.length !== bytes) return undefined;
  const view = new DataView(value.bytes.buffer, value.bytes.byteOffset, bytes);
  return bytes === 4 ? String(view.getInt32(0)) : String(view.getBigInt64(0));
}

/** Java's `BigInteger.toByteArray()`: as many big-endian bytes as the number needs, signed. At most eight are read. */
export function javaBigInteger(value: HeaderValue | undefined): string | undefined {
  if (value?.kind !== 'bytes' || value.bytes.length === 0 || value.bytes.length > 8) return undefined;
  let number = 0n;
  for (const byte of value.bytes) number = (number << 8n) | BigInt(byte);
  return String(BigInt.asIntN(value.bytes.length * 8, number));
}

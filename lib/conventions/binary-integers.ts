import type { HeaderValue } from '#lib/domain/message.ts';

/** A big-endian signed integer of exactly so many bytes, as decimal text; `undefined` for anything else. */
export function binaryInteger(value: HeaderValue | undefined, bytes: 4 | 8): string | undefined {
  if (value?.kind !== 'bytes' || value.bytes.length !== bytes) return undefined;
  const high = int32At(value.bytes, 0);
  if (bytes === 4) return String(high);
  const low = int32At(value.bytes, 4) >>> 0;
  // Offsets and times are far below 2^53, and a bigint is slow to make.
  return high >= 0 && high < 2 ** 21 ? String(high * 2 ** 32 + low) : String((BigInt(high) << 32n) | BigInt(low));
}

function int32At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Java's `BigInteger.toByteArray()`: as many big-endian bytes as the number needs, signed. At most eight are read. */
export function javaBigInteger(value: HeaderValue | undefined): string | undefined {
  if (value?.kind !== 'bytes' || value.bytes.length === 0 || value.bytes.length > 8) return undefined;
  let number = 0n;
  for (const byte of value.bytes) number = (number << 8n) | BigInt(byte);
  return String(BigInt.asIntN(value.bytes.length * 8, number));
}

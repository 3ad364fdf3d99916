import { randomFillSync } from 'node:crypto';
import type { Clock } from '#server/clock.ts';

const counterMax = 0xfff;
const idBytes = 16;
/** To ask for random bytes once for so many ids takes a tenth of the time. */
const idsAtOnce = 256;

/**
 * UUIDs that rise (version 7, RFC 9562). Items of a plan lie in the ledger's index as they are sent, so that a batch touches few of its pages; with random ones
 * each item of a million has a page of its own read and written.
 */
export function createOrderedIds({ now }: Clock): () => string {
  let lastMs = 0;
  let counter = 0;
  const pool = Buffer.alloc(idsAtOnce * idBytes);
  let used = pool.length;
  return () => {
    const ms = now();
    counter += 1;
    if (ms > lastMs) {
      lastMs = ms;
      counter = 0;
    } else if (counter > counterMax) {
      lastMs += 1;
      counter = 0;
    }
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.subarray(used, used + idBytes);
    used += idBytes;
    bytes.writeUIntBE(lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}

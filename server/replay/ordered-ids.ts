import { randomBytes } from 'node:crypto';
import type { Clock } from '#server/clock.ts';

const counterMax = 0xfff;

/**
 * UUIDs that rise (version 7, RFC 9562). Items of a plan lie in the ledger's index as they are sent, so that a batch touches few of its pages; with random ones
 * each item of a million has a page of its own read and written.
 */
export function createOrderedIds({ now }: Clock): () => string {
  let lastMs = 0;
  let counter = 0;
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
    const bytes = randomBytes(16);
    bytes.writeUIntBE(lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}

import { AppError } from '#lib/domain/errors.ts';

/** Puts AMQP's values one behind the other into one buffer that grows: joining a buffer for each value took most of the time. */
export interface AmqpWriter {
  uint8(value: number): void;
  uint16(value: number): void;
  uint32(value: number): void;
  uint64(value: bigint): void;
  float(value: number): void;
  double(value: number): void;
  /** The lowest `count` bytes of a two's complement, highest first. */
  integer(value: bigint, count: number): void;
  /** At most 255 bytes behind a byte for their number; `what` names it in the error `unencodable`. */
  shortString(value: string | Uint8Array, what: () => string, encoding?: 'utf8' | 'latin1'): void;
  /** Behind four bytes for their number. */
  longString(value: string | Uint8Array): void;
  /** What `write` puts is preceded by four bytes for its length. */
  long(write: () => void): void;
  /** Sets two bytes that were written before. */
  patchUint16(at: number, value: number): void;
}

const shortBytesMax = 255;
let scratch = Buffer.allocUnsafeSlow(64 * 1024);
/** Above this the buffer is not kept. */
const keptBytesMax = 1024 * 1024;

/** All that `write` puts, as a buffer of its own. Throws what `write` throws. */
export function writtenBy(write: (writer: AmqpWriter) => void): Buffer {
  let buffer = scratch;
  let end = 0;

  function room(bytes: number): number {
    const at = end;
    end += bytes;
    if (end > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * buffer.length));
      buffer.copy(larger, 0, 0, at);
      buffer = larger;
    }
    return at;
  }

  function put(value: string | Uint8Array, bytes: number, encoding: 'utf8' | 'latin1'): void {
    const at = room(bytes);
    if (typeof value === 'string') buffer.write(value, at, bytes, encoding);
    else buffer.set(value, at);
  }

  const writer: AmqpWriter = {
    uint8(value) {
      const at = room(1);
      buffer.writeUInt8(value, at);
    },
    uint16(value) {
      const at = room(2);
      buffer.writeUInt16BE(value, at);
    },
    uint32(value) {
      const at = room(4);
      buffer.writeUInt32BE(value, at);
    },
    uint64(value) {
      const at = room(8);
      buffer.writeBigUInt64BE(value, at);
    },
    float(value) {
      const at = room(4);
      buffer.writeFloatBE(value, at);
    },
    double(value) {
      const at = room(8);
      buffer.writeDoubleBE(value, at);
    },
    integer(value, count) {
      const at = room(count);
      let rest = BigInt.asUintN(count * 8, value);
      for (let index = count - 1; index >= 0; index -= 1) {
        buffer[at + index] = Number(rest & 0xffn);
        rest >>= 8n;
      }
    },
    shortString(value, what, encoding = 'utf8') {
      const bytes = lengthOf(value, encoding);
      if (bytes > shortBytesMax) throw tooLong(what(), bytes);
      const at = room(1);
      buffer.writeUInt8(bytes, at);
      put(value, bytes, encoding);
    },
    longString(value) {
      const bytes = lengthOf(value, 'utf8');
      const at = room(4);
      buffer.writeUInt32BE(bytes, at);
      put(value, bytes, 'utf8');
    },
    long(inner) {
      const at = room(4);
      inner();
      buffer.writeUInt32BE(end - at - 4, at);
    },
    patchUint16(at, value) {
      buffer.writeUInt16BE(value, at);
    },
  };

  // Whoever writes within a write gets a buffer of its own.
  scratch = Buffer.alloc(0);
  try {
    write(writer);
    return Buffer.from(buffer.subarray(0, end));
  } finally {
    scratch = buffer.length <= keptBytesMax ? buffer : Buffer.allocUnsafeSlow(64 * 1024);
  }
}

function lengthOf(value: string | Uint8Array, encoding: 'utf8' | 'latin1'): number {
  return typeof value === 'string' ? Buffer.byteLength(value, encoding) : value.length;
}

function tooLong(what: string, bytes: number): AppError {
  return new AppError(
    'unencodable',
    `${what} has ${bytes} bytes; AMQP takes at most ${shortBytesMax} there. It cannot be sent to RabbitMQ as it is.`,
  );
}

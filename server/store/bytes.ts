/** Bytes one after the other in one buffer that grows. */
export interface ByteWriter {
  /** How many are written. */
  readonly length: number;
  byte(value: number): void;
  /** A whole number that is not negative, in as few bytes as it needs. */
  count(value: number): void;
  bytes(value: Uint8Array | null): void;
  /** As they are, without their length. */
  raw(value: Uint8Array): void;
  /** Any text: UTF-8, or UTF-16 units where an unpaired surrogate has no UTF-8. */
  text(value: string): void;
  double(value: number): void;
  uint32(value: number): void;
  /** What was written, until the next write: a view. The writer is empty again. */
  take(): Uint8Array;
}

export interface ByteReader {
  /** How far it has read. */
  readonly offset: number;
  byte(): number;
  count(): number;
  /** A copy. */
  bytes(): Uint8Array | null;
  text(): string;
  double(): number;
}

/** Its length fits one byte of a count. */
const shortText = 48;
/** What was needed for one huge message is not kept for those that follow. */
const bytesKept = 4 * 1_024 * 1_024;

export function createByteWriter(size = 4_096): ByteWriter {
  let buffer = Buffer.allocUnsafeSlow(size);
  let length = 0;

  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + more));
    grown.set(buffer.subarray(0, length));
    buffer = grown;
  };
  const count = (value: number): void => {
    reserve(8);
    let left = value;
    while (left >= 128) {
      buffer[length++] = (left % 128) + 128;
      left = Math.floor(left / 128);
    }
    buffer[length++] = left;
  };
  /** A call into the runtime for each header's name would cost more than its characters. Answers false where they are not all ASCII. */
  const short = (value: string): boolean => {
    reserve(shortText + 1);
    for (let index = 0; index < value.length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 127) return false;
      buffer[length + 1 + index] = unit;
    }
    buffer[length] = value.length * 2;
    length += value.length + 1;
    return true;
  };
  return {
    get length() {
      return length;
    },
    byte(value) {
      reserve(1);
      buffer[length++] = value;
    },
    count,
    bytes(value) {
      if (value === null) return count(0);
      count(value.length + 1);
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    raw(value) {
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    text(value) {
      if (value.length <= shortText && short(value)) return;
      if (!value.isWellFormed()) {
        count(value.length * 4 + 1);
        reserve(value.length * 2);
        length += buffer.write(value, length, 'utf16le');
        return;
      }
      const size = Buffer.byteLength(value);
      count(size * 2);
      reserve(size);
      length += buffer.write(value, length, 'utf8');
    },
    double(value) {
      reserve(8);
      length = buffer.writeDoubleLE(value, length);
    },
    uint32(value) {
      reserve(4);
      length = buffer.writeUInt32LE(value, length);
    },
    take() {
      const taken = buffer.subarray(0, length);
      length = 0;
      if (buffer.length > bytesKept) buffer = Buffer.allocUnsafeSlow(size);
      return taken;
    },
  };
}

/** Throws a RangeError where the bytes end too early. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const byte = (): number => buffer.readUInt8(offset++);
  const count = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const next = byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
  };
  const part = (size: number): Buffer => {
    if (offset + size > buffer.length) throw new RangeError('The bytes end too early');
    const taken = buffer.subarray(offset, offset + size);
    offset += size;
    return taken;
  };
  return {
    get offset() {
      return offset;
    },
    byte,
    count,
    bytes() {
      const size = count();
      return size === 0 ? null : new Uint8Array(part(size - 1));
    },
    text() {
      const size = count();
      return size % 2 === 0 ? part(size / 2).toString('utf8') : part((size - 1) / 2).toString('utf16le');
    },
    double() {
      const value = buffer.readDoubleLE(offset);
      offset += 8;
      return value;
    },
  };
}

import avro from 'avsc';
import type { RegisteredSchema } from '#server/payload/decoder.ts';
import { checkAvroBounds } from '#server/payload/decoders/avro-bounds.ts';

/** Longs as BigInt: JavaScript's numbers end at 2^53. */
const long: avro.Type = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** An exact decimal number as text, from its unscaled two's complement and its scale. */
class DecimalText extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: unknown, options?: unknown) {
    // The library's own types for a schema are a union without its logical ones.
    super(schema as ConstructorParameters<typeof avro.types.LogicalType>[0], options);
    const scale = typeof schema === 'object' && schema !== null && 'scale' in schema ? Number(schema.scale) : 0;
    this.#scale = Number.isInteger(scale) && scale >= 0 && scale <= 1_000 ? scale : 0;
  }

  override _fromValue(value: unknown): string {
    if (!(value instanceof Uint8Array) || value.length > 512) return '';
    const hex = Buffer.from(value).toString('hex');
    const unscaled = hex === '' ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`));
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(this.#scale + 1, '0');
    const whole = digits.slice(0, digits.length - this.#scale);
    const fraction = this.#scale === 0 ? '' : `.${digits.slice(digits.length - this.#scale)}`;
    return `${unscaled < 0n ? '-' : ''}${whole}${fraction}`;
  }

  /** Undefined, which the library refuses, for a text with more decimal places than the scale has, or more bytes than are there. */
  override _toValue(value: unknown): Buffer | undefined {
    const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d{1,1000})(?:\.(\d{1,1000}))?$/.exec(String(value)) ?? [];
    if (whole === '' || fraction.length > this.#scale) return undefined;
    const unscaled = BigInt(`${sign}${whole}${fraction.padEnd(this.#scale, '0')}`);
    // Two's complement in as few bytes as hold it and its sign.
    const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled;
    const least = magnitude === 0n ? 1 : Math.floor(magnitude.toString(2).length / 8) + 1;
    const { underlyingType } = this;
    const size = underlyingType instanceof avro.types.FixedType ? underlyingType.size : least;
    if (size < least) return undefined;
    return Buffer.from(
      BigInt.asUintN(size * 8, unscaled)
        .toString(16)
        .padStart(size * 2, '0'),
      'hex',
    );
  }
}

export interface AvroReader {
  /** The full name of the record, or the kind of another type. */
  readonly name: string;
  /** Longs are BigInt, bytes Uint8Array, decimals text. Throws where the bytes are not the schema's. */
  read(bytes: Uint8Array): unknown;
  readonly type: avro.Type;
}

/** Throws where the schema is broken. Enumerations, defaults and unions as the writer's schema has them: it is the one that is used. */
export function avroReader(schema: RegisteredSchema): AvroReader {
  const registry: Record<string, avro.Type> = { long };
  const options = {
    registry,
    logicalTypes: { decimal: DecimalText },
    // The registry is asked for a bare "long"; one with attributes, such as a timestamp's, comes by here.
    typeHook: (each: unknown) =>
      typeof each === 'object' && each !== null && 'type' in each && each.type === 'long' ? long : undefined,
  };
  for (const reference of schema.references) avro.Type.forSchema(parsed(reference.text), options);
  const type = avro.Type.forSchema(parsed(schema.text), options);
  return {
    name: type.name ?? type.typeName,
    type,
    read(bytes): unknown {
      checkAvroBounds(type, bytes);
      return type.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    },
  };
}

/** A primitive's schema may stand there without the quotes that JSON wants. */
function parsed(text: string): avro.Schema {
  try {
    // The library checks the schema itself and throws; its type for one is too narrow for what it takes.
    return JSON.parse(text) as avro.Schema;
  } catch (error) {
    if (/^\s*[a-z]+\s*$/.test(text)) return text.trim();
    throw error;
  }
}

import { decode, decodeTimestampToTimeSpec, ExtensionCodec } from '@msgpack/msgpack';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import {
  beyondReach,
  declined,
  decodedBytesMax,
  failed,
  reasonOf,
  type Attempt,
  type Decoder,
} from '#server/payload/decoder.ts';
import { showValue } from '#server/payload/print-json.ts';

/*
 * @msgpack/msgpack and not msgpackr, which the store uses for its own bytes: msgpackr makes regular expressions, errors and records of
 * its own extensions, which a stranger's bytes may hold; this one decodes without recursion and leaves unknown extensions as they are.
 */
const extensions = new ExtensionCodec();
extensions.register({
  type: -1,
  encode: () => null,
  // A Date ends at milliseconds; the format has nanoseconds.
  decode: (bytes) => {
    const { sec, nsec } = decodeTimestampToTimeSpec(bytes);
    const at = new Date(sec * 1000);
    const fraction = nsec === 0 ? '' : `.${String(nsec).padStart(9, '0')}`;
    return Number.isNaN(at.getTime()) ? `${sec} s` : at.toISOString().replace('.000Z', `${fraction}Z`);
  },
});

/** Where content-type says so. */
export const messagePackByType: Decoder = {
  name: 'MessagePack, by type',
  decode(stage) {
    const said =
      indexHeaders(stage.headers).text('content-type') ?? indexHeaders(stage.properties).text('content-type');
    if (said === undefined) return declined('no content-type is said');
    return /\b(?:x-)?(?:msgpack|messagepack)\b/i.test(said)
      ? read(stage.bytes, 'as content-type says', failed)
      : declined(`content-type is ${said.slice(0, 60)}`);
  },
};

/** Text never begins with the bytes of a map or list, but for those from 0xdc on, which is why text is tried before. */
export const messagePackByLooks: Decoder = {
  name: 'MessagePack',
  decode({ bytes }) {
    const first = bytes[0] ?? 0;
    if (!(first >= 0x80 && first <= 0x9f) && !(first >= 0xdc && first <= 0xdf))
      return declined('does not begin like a map or list');
    return bytes.length < 2
      ? declined('one byte is too little to tell')
      : read(bytes, 'the bytes are one whole map or list', declined);
  },
};

function read(bytes: Uint8Array, why: string, otherwise: (note: string) => Attempt): Attempt {
  if (bytes.length > decodedBytesMax)
    return beyondReach('limit', `${bytes.length} bytes are too many to take apart here`);
  try {
    // An item takes a byte at least, so no true list is longer than its bytes.
    const longest = bytes.length;
    const value: unknown = decode(bytes, {
      extensionCodec: extensions,
      useBigInt64: true,
      maxArrayLength: longest,
      maxMapLength: longest,
    });
    return {
      outcome: 'applied',
      label: 'MessagePack',
      note: `${why}; binary values are base64`,
      shown: showValue(value),
    };
  } catch (error) {
    return otherwise(`not readable as MessagePack: ${reasonOf(error)}`);
  }
}

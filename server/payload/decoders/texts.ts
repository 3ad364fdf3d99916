import { bytesOfBase64 } from '#lib/payload/envelopes.ts';
import { indentJson } from '#lib/payload/indent-json.ts';
import { looksBinary, shownCharactersMax, textOf } from '#lib/payload/show-payload.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { type Framed, readFrame, referenceText } from '#lib/payload/wire-format.ts';
import { beyondReach, declined, decodedBytesMax, reasonOf, type Decoder } from '#server/payload/decoder.ts';
import { magicOf } from '#server/payload/decoders/compression.ts';

export const json: Decoder = {
  name: 'JSON',
  decode({ bytes }) {
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
    const first = firstCharacter(start);
    if (!'{["-0123456789tfn'.includes(first) || first === '') return declined('does not begin like JSON');
    if (start.length > decodedBytesMax) {
      const beginning = textOf(start);
      if (!beginning || !'{['.includes(first)) return declined(`${start.length} bytes are too many to be sure`);
      return {
        outcome: 'applied',
        label: 'JSON',
        note: `only the beginning of ${start.length} bytes was read; that the rest is JSON was not checked`,
        shown: { kind: 'json', ...cutViews(beginning.text), cut: true },
      };
    }
    const text = utf8(start);
    if (text === undefined) return declined('not valid UTF-8');
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch (error) {
      // V8 quotes the text around the place; the place alone is enough, and says nothing of the content.
      const place = / at position \d+/.exec(reasonOf(error))?.[0] ?? ', it ends too early';
      return declined(`not JSON${place}`);
    }
    const { pretty, raw, cut } = cutViews(text);
    return {
      outcome: 'applied',
      label: 'JSON',
      note: 'numbers and repeated names are shown to the letter',
      shown: { kind: 'json', pretty, raw, cut },
      document,
    };
  },
};

/** Only what turns out to be something: most short words are valid base64 too. */
export const base64: Decoder = {
  name: 'base64',
  decode({ bytes, lookup }) {
    if (bytes.length < 12 || bytes.length > decodedBytesMax) return declined('too short or too long to tell');
    const text = utf8(bytes);
    const decoded = text === undefined ? undefined : bytesOfBase64(text);
    if (!decoded) return declined('other characters than those of base64');
    const frame = likelyFrame(decoded);
    const answer = frame && lookup(frame.reference);
    // Without its schema it would be no more than a guess.
    if (frame && answer === undefined) return { outcome: 'needs', reference: frame.reference };
    if (frame && answer?.kind === 'missing' && answer.unasked === true)
      return beyondReach('schema', `could hold a payload of schema ${referenceText(frame.reference)}. ${answer.note}`);
    const framed = frame && answer?.kind === 'found' ? `schema ${referenceText(frame.reference)}` : undefined;
    const inside =
      framed ?? ('{['.includes(firstCharacter(decoded) || 'x') && isJson(decoded) ? 'JSON' : magicOf(decoded));
    return inside === undefined
      ? declined('could be base64, but what would be inside is nothing known')
      : { outcome: 'applied', label: 'base64', note: `${decoded.length} bytes of ${inside} inside`, next: decoded };
  },
};

/** Of bytes that may be anything, those with an id as registries count them: else the registry would be asked about any text that begins with an A. */
function likelyFrame(bytes: Uint8Array): Framed | undefined {
  return bytes[0] === 0 && bytes[1] === 0 ? readFrame(bytes) : undefined;
}

export const plainText: Decoder = {
  name: 'text',
  decode({ bytes }) {
    const text = textOf(bytes);
    if (text)
      return {
        outcome: 'applied',
        label: 'text (UTF-8)',
        note: 'valid UTF-8',
        shown: { kind: 'text', pretty: null, raw: text.text, cut: text.cut },
      };
    const beginning = bytes.subarray(0, shownCharactersMax);
    const lossy = new TextDecoder().decode(beginning);
    const broken = lossy.split('\ufffd').length - 1;
    if (looksBinary(lossy) || broken * 10 > lossy.length) return declined('too many bytes that are no text');
    return {
      outcome: 'applied',
      label: 'text (broken UTF-8)',
      note: `${broken} ${broken === 1 ? 'place is' : 'places are'} not valid UTF-8 and shown as \ufffd; the hex view has the bytes`,
      shown: { kind: 'text', pretty: null, raw: lossy, cut: beginning.length < bytes.length },
    };
  },
};

export const hex: Decoder = {
  name: 'hex',
  decode: () => ({
    outcome: 'applied',
    label: 'binary',
    note: 'nothing else fits',
    shown: { kind: 'binary', pretty: null, raw: null, cut: false },
  }),
};

function cutViews(text: string): { pretty: string; raw: string; cut: boolean } {
  const pretty = indentJson(text, shownCharactersMax);
  const raw = text.slice(0, shownCharactersMax);
  return { pretty: pretty.text, raw, cut: pretty.cut || raw.length < text.length };
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(utf8(bytes) ?? '');
    return true;
  } catch {
    return false;
  }
}

function firstCharacter(bytes: Uint8Array): string {
  for (const byte of bytes.subarray(0, 64)) if (byte > 0x20) return byte < 0x7f ? String.fromCharCode(byte) : '';
  return '';
}

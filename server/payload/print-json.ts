import { indentJson } from '#lib/payload/indent-json.ts';
import { shownCharactersMax, type Shown } from '#lib/payload/show-payload.ts';

/** Deeper values are cut: no page could show them, and each level costs a frame of the stack. */
const levelsMax = 200;

/**
 * What a decoder has made, as indented JSON. 64-bit integers keep every digit, bytes are base64, NaN and the infinities are words in
 * quotes, a Map is an object. It stops when the page is full.
 */
export function showValue(value: unknown): Shown {
  const out: string[] = [];
  let length = 0;
  let cut = false;
  const emit = (text: string) => {
    out.push(text);
    length += text.length;
  };
  const isFull = () => {
    if (length > shownCharactersMax) cut = true;
    return cut;
  };
  const list = (items: Iterable<unknown>, level: number) => {
    emit('[');
    let first = true;
    for (const item of items) {
      if (isFull()) return;
      if (!first) emit(',');
      first = false;
      print(item, level + 1);
    }
    emit(']');
  };
  const object = (entries: Iterable<readonly [unknown, unknown]>, level: number) => {
    emit('{');
    let first = true;
    for (const [name, item] of entries) {
      if (isFull()) return;
      if (item === undefined) continue;
      emit(`${first ? '' : ','}${JSON.stringify(String(name))}:`);
      first = false;
      print(item, level + 1);
    }
    emit('}');
  };
  const print = (item: unknown, level: number): void => {
    if (level > levelsMax) {
      cut = true;
      return emit('"…"');
    }
    if (item === null || item === undefined) return emit('null');
    if (typeof item === 'bigint' || typeof item === 'boolean') return emit(String(item));
    if (typeof item === 'number') return emit(Number.isFinite(item) ? numberText(item) : JSON.stringify(String(item)));
    if (typeof item === 'string') return emit(JSON.stringify(item.slice(0, shownCharactersMax)));
    if (item instanceof Uint8Array)
      return emit(JSON.stringify(Buffer.from(item.subarray(0, shownCharactersMax)).toString('base64')));
    if (item instanceof Map) return object(item, level);
    if (Array.isArray(item)) return list(item, level);
    if (typeof item === 'object') return object(Object.entries(item), level);
    return emit('null');
  };
  print(value, 0);
  const pretty = indentJson(out.join(''), shownCharactersMax);
  return { kind: 'json', pretty: pretty.text, raw: null, cut: cut || pretty.cut };
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

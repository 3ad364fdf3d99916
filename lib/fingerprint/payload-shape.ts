import { utf8 } from '#lib/conventions/header-index.ts';

const maxJsonBytes = 256 * 1024;
const maxDepth = 3;
const maxKeys = 40;
const maxKeyCharacters = 60;

/**
 * What a body looks like, for grouping what says nothing of its error: `{customerId:number,items:[{sku:string}]}`, or `text`, `binary`, `empty`,
 * `null`, `large`. Keys in alphabetical order; three levels deep, forty keys a level, the first element of a list.
 */
export function payloadShapeOf(body: Uint8Array | null): string {
  if (body === null) return 'null';
  if (body.length === 0) return 'empty';
  if (body.length > maxJsonBytes) return 'large';
  const text = utf8(body);
  if (text === undefined) return 'binary';
  if (!/^\s*[[{]/.test(text)) return 'text';
  try {
    const value: unknown = JSON.parse(text);
    return shapeOf(value, maxDepth);
  } catch {
    return 'text';
  }
}

function shapeOf(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return depth === 0 ? '[]' : `[${value.length === 0 ? '' : shapeOf(value[0], depth - 1)}]`;
  if (depth === 0) return '{}';
  const keys = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, maxKeys)
    // A map from ids is one shape, whichever ids are in it.
    .map(([key, inner]) => `${keyName(key)}:${shapeOf(inner, depth - 1)}`);
  return `{${[...new Set(keys)].join(',')}}`;
}

function keyName(key: string): string {
  return /\d{3}|[\da-f]{8}-/.test(key) ? '#' : key.slice(0, maxKeyCharacters);
}

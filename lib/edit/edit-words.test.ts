import { describe, expect, it } from 'vitest';
import { editLines, unchangedSentence } from '#lib/edit/edit-words.ts';
import { shortEdit } from '#lib/edit/short-edit.ts';

const operations = '[{"op":"replace","path":"/zip","value":"1"},{"op":"move","from":"/a","path":"/b"}]';
const patch = { kind: 'patch', operations } as const;
const headers = [
  { change: 'set', name: 'tenant', value: 'north' },
  { change: 'remove', name: 'debug' },
] as const;

describe('an edit in words', () => {
  it('names each thing that it changes', () => {
    expect(editLines({ body: patch, headers, key: { kind: 'none' } })).toEqual([
      'body: replace /zip',
      'body: move /b from /a',
      'header tenant set to north',
      'header debug removed',
      'no key',
    ]);
    expect(editLines({ body: { kind: 'replace', text: '{}' }, headers: [] })).toEqual([
      'the whole body is another one',
    ]);
  });

  it('says what stays', () => {
    expect(unchangedSentence(null, true)).toBe('Key, value and all other headers go back byte for byte.');
    expect(unchangedSentence(null, false)).toBe('Value and all other headers go back byte for byte.');
    expect(unchangedSentence({ body: patch, headers: [] }, true)).toBe(
      'Key and all other headers go back byte for byte.',
    );
    expect(unchangedSentence({ body: patch, headers: [], key: { kind: 'none' } }, true)).toBe(
      'All other headers go back byte for byte.',
    );
  });

  it('is short in lists', () => {
    expect(shortEdit({ body: patch, headers })).toEqual({ body: patch, headers });
    const long = shortEdit({ body: { kind: 'replace', text: 'x'.repeat(1_000_000) }, headers });
    expect(JSON.stringify(long).length).toBeLessThan(5_000);
    expect(long.headers).toEqual(headers);
  });
});

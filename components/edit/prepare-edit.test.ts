import { describe, expect, it } from 'vitest';
import { draftedEdit, emptyPatch, jsonMistake, noTextReason, previewsWords } from '#components/edit/prepare-edit.ts';
import { editableJson } from '#lib/edit/json-style.ts';

const { text: original, style } = editableJson('{"id":9007199254740993,"zip":"1"}');
const untouched = { mode: 'text', text: original, original, style, patch: emptyPatch, headers: [] } as const;

describe('the edit that was drafted', () => {
  it('is none until something is changed', () => {
    expect(draftedEdit(untouched)).toBeNull();
    expect(draftedEdit({ ...untouched, mode: 'patch' })).toBeNull();
    expect(draftedEdit({ ...untouched, headers: [{ name: ' ', change: 'set', value: 'x' }] })).toBeNull();
  });

  it('replaces the body on one line as it was, with every digit', () => {
    expect(draftedEdit({ ...untouched, text: original.replace('"1"', '"01"') })).toEqual({
      body: { kind: 'replace', text: '{"id":9007199254740993,"zip":"01"}' },
      headers: [],
    });
  });

  it('holds the patch as text, and what becomes of headers', () => {
    const patch = '[{"op":"add","path":"/id","value":9007199254740993}]';
    const headers = [
      { name: 'tenant', change: 'set', value: 'north' },
      { name: 'old', change: 'remove', value: 'was' },
    ] as const;
    expect(draftedEdit({ ...untouched, mode: 'patch', patch, headers })).toEqual({
      body: { kind: 'patch', operations: patch },
      headers: [
        { change: 'set', name: 'tenant', value: 'north' },
        { change: 'remove', name: 'old' },
      ],
    });
  });
});

describe('what is said while editing', () => {
  it('names the line of a mistake', () => {
    expect(jsonMistake('{\n "a": 1,\n}')).toBe('Line 3: no JSON, a name in quotes is expected.');
    expect(jsonMistake('{}')).toBeNull();
  });

  it('says why a body is not edited as text', () => {
    const before = { text: '{}', format: 'json', label: 'JSON', sizeBytes: 2, cut: false, maskedBy: [] } as const;
    expect(noTextReason({ before, patchOnly: null, closed: null })).toBeNull();
    expect(noTextReason({ before, patchOnly: null, closed: 'it is MessagePack' })).toBe(
      'It is MessagePack. Its headers can.',
    );
    expect(noTextReason({ before, patchOnly: 'a part of it is masked', closed: null })).toMatch(
      /^A part of it is masked\. Masked/,
    );
    expect(noTextReason({ before: { ...before, cut: true }, patchOnly: null, closed: null })).toContain('too long');
    expect(noTextReason({ before: { ...before, format: 'binary' }, patchOnly: null, closed: null })).toContain(
      'no text',
    );
  });

  it('counts what cannot be edited', () => {
    expect(previewsWords(10, 0, false)).toBe('The first 10 messages can be edited so.');
    expect(previewsWords(1, 1, true)).toBe('1 message looked at: 1 cannot be edited so and is not sent.');
  });
});

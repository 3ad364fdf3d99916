import { describe, expect, it } from 'vitest';
import {
  draftedEdit,
  inOrderOfUse,
  bodyWords,
  changesBesides,
  copiesTitle,
  jsonMistake,
  noTextReason,
  patchTemplate,
  previewsWords,
} from '#components/edit/prepare-edit.ts';
import { applyPatch, readPatch } from '#lib/edit/json-patch.ts';
import { editLines } from '#lib/edit/edit-words.ts';
import { editableJson } from '#lib/edit/json-style.ts';
import { parseJson, printJson } from '#lib/edit/json-tree.ts';

const { text: original, style } = editableJson('{"id":9007199254740993,"zip":"1"}');
const template = patchTemplate(original);
const untouched = { mode: 'text', text: original, original, style, patch: template, template, headers: [] } as const;

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

describe('the patch to begin with', () => {
  it('names the first field of the body with the value that it has, and so changes nothing', () => {
    const bodies = ['{"id":9007199254740993}', '{"a/b":{"c~d":[1.50,2]}}', '[{"id":null}]', '{"":{"":"x"}}'];
    expect(bodies.map(patchTemplate).map((text) => /"path": (.*) \}/.exec(text)?.[1])).toEqual([
      '"/id", "value": 9007199254740993',
      '"/a~1b/c~0d/0", "value": 1.50',
      '"/0/id", "value": null',
      '"//", "value": "x"',
    ]);
    for (const text of bodies) {
      const patch = readPatch(patchTemplate(text));
      if ('text' in patch) throw new Error(patch.text);
      const document = parseJson(text);
      expect(applyPatch(document, patch)).toBeNull();
      expect(printJson(document)).toBe(text);
    }
  });

  it('is made for a body that is JSON and shown whole, where there is one', () => {
    const before = { text: '', label: '', sizeBytes: 1, maskedBy: [] };
    const samples = [
      { before: { ...before, format: 'text', cut: false } },
      { before: { ...before, format: 'json', cut: true } },
      { before: { ...before, format: 'json', cut: false } },
    ] as const;
    expect(inOrderOfUse(samples)).toEqual([samples[2], samples[0], samples[1]]);
  });

  it('names no field where there is none, or its value is long', () => {
    for (const body of [null, 'text', '{}', '"x"', `{"note":"${'x'.repeat(100)}"}`])
      expect(patchTemplate(body)).toContain('"path": "/field"');
  });
});

describe('what is said while editing', () => {
  it('names the line of a mistake', () => {
    expect(jsonMistake('{\n "a": 1,\n}')).toBe('Line 3: no JSON, a name in quotes is expected.');
    expect(jsonMistake('{}')).toBeNull();
  });

  it('says how large a body is, where that tells nothing of what is masked', () => {
    const body = { text: '{}', format: 'json', label: 'gzip, then JSON', cut: false, maskedBy: [] } as const;
    expect(bodyWords({ ...body, sizeBytes: 1_200 })).toBe('gzip, then JSON, 1,200 bytes');
    expect(bodyWords({ ...body, sizeBytes: null })).toBe('gzip, then JSON');
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

  it('does not name a whole body that is shown line by line, and names all else', () => {
    const headers = [{ change: 'set', name: 'tenant', value: 'north' }] as const;
    expect(editLines(changesBesides({ body: { kind: 'replace', text: '{}' }, headers }))).toEqual([
      'header tenant set to north',
    ]);
    const body = { kind: 'patch', operations: '[{"op":"remove","path":"/zip"}]' } as const;
    expect(editLines(changesBesides({ body, headers: [] }))).toEqual(['body: remove /zip']);
  });

  it('speaks of one copy where there is one', () => {
    expect(copiesTitle(1)).toBe('An edited copy, not the message as it is:');
    expect(copiesTitle(2)).toBe('Edited copies, not the messages as they are:');
  });

  it('counts what cannot be edited', () => {
    expect(previewsWords(10, 0, false)).toBe('The first 10 messages can be edited so.');
    expect(previewsWords(1, 1, true)).toBe('1 message looked at: 1 cannot be edited so and is not sent.');
  });
});

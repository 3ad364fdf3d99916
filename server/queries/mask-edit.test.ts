import { describe, expect, it } from 'vitest';
import { mark } from '#lib/masking/mark.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { maskEdit } from '#server/queries/mask-edit.ts';

const masking = createMasking({ headers: ['x-secret'], fields: ['card', 'items.pin'], patterns: [], keys: false });

describe('an edit as it may be read', () => {
  it('hides what it puts where something is masked, and nothing else', () => {
    const operations =
      '[{"op":"replace","path":"/card","value":"4111"},{"op":"add","path":"/items/0/pin","value":7},' +
      '{"op":"add","path":"/customer","value":{"card":"4222","name":"Ada"}},{"op":"replace","path":"/id","value":9007199254740993}]';
    const headers = [
      { change: 'set', name: 'x-secret', value: 'hush' },
      { change: 'set', name: 'tenant', value: 'north' },
    ] as const;
    const shown = maskEdit({ body: { kind: 'patch', operations }, headers }, masking);
    expect(JSON.stringify(shown)).not.toMatch(/4111|4222|hush|"value\\":7/);
    expect(shown.headers).toEqual([{ ...headers[0], value: mark }, headers[1]]);
    expect(shown.body).toMatchObject({ operations: expect.stringContaining('"value":9007199254740993') });
    expect(maskEdit({ body: { kind: 'replace', text: '{"card":"4111"}' }, headers: [] }, masking).body).toEqual({
      kind: 'replace',
      text: expect.not.stringContaining('4111'),
    });
    const base64 = Buffer.from('{"card":"4111"}').toString('base64');
    expect(maskEdit({ body: { kind: 'replace', base64 }, headers: [] }, masking).body).toEqual({
      kind: 'replace',
      base64: '',
    });
  });
});

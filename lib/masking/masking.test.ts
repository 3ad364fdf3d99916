import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { createMasking, maskingProblem, type MaskingSettings } from '#lib/masking/masking.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const nothing: MaskingSettings = { fields: [], headers: [], patterns: [], keys: false };
const masking = (settings: Partial<MaskingSettings>) => createMasking({ ...nothing, ...settings });
const withFields = (...fields: string[]) => masking({ fields });
const allPatterns = masking({ patterns: ['email', 'card', 'iban', 'bearer', 'jwt'] });

describe('a field', () => {
  it('is masked wherever it stands, and everything else stays to the letter', () => {
    const text =
      '{ "id": 9007199254740993, "customer": {"email" : "a@b.example", "age":1.10}, "old":{"customer":{"email":[1,{"x":2}]}} }';
    const rules = new Set<string>();
    expect(withFields('customer.email').text(text, rules)).toBe(
      '{ "id": 9007199254740993, "customer": {"email" : "•••", "age":1.10}, "old":{"customer":{"email":"•••"}} }',
    );
    expect([...rules]).toEqual(['field customer.email']);
  });

  it.each([
    [
      '*.card.number',
      '{"card":{"number":1},"pay":{"card":{"number":2}}}',
      '{"card":{"number":1},"pay":{"card":{"number":"•••"}}}',
    ],
    [
      'items.card',
      '{"items":[{"card":"x"},{"card":true},[{"card":"y"}]]}',
      '{"items":[{"card":"•••"},{"card":"•••"},[{"card":"•••"}]]}',
    ],
    ['items[].card', '{"items":[{"card":"x"}]}', '{"items":[{"card":"•••"}]}'],
    ['$.name', '{"name":"a","child":{"name":"b"}}', '{"name":"•••","child":{"name":"b"}}'],
    ['*Token', '{"accessToken":"a","token_type":"b"}', '{"accessToken":"•••","token_type":"b"}'],
    ['"a.b".c', '{"a.b":{"c":1},"a":{"b":{"c":2,"d":3}}}', '{"a.b":{"c":"•••"},"a":{"b":{"c":"•••","d":3}}}'],
    ['NAME', '{"name":null,"Name":"x"}', '{"name":null,"Name":"•••"}'],
    ['b.pin', '{"b":{pin:1,"x":2,pin :"3",pine:4}}', '{"b":{pin:"•••","x":2,pin :"•••",pine:4}}'],
    ['a', '{"\\u0061":"x","a":"y","a":"z"}', '{"\\u0061":"•••","a":"•••","a":"•••"}'],
  ])('%s in %s', (field, text, masked) => {
    expect(withFields(field).text(text)).toBe(masked);
  });

  it('is masked in a document within a text, within a document, in base64, and where an error quotes it', () => {
    const inner = '{"customer":{"email":"a@b.example"}}';
    const rule = withFields('customer.email');
    expect(rule.text(JSON.stringify({ Message: inner }))).not.toContain('b.example');
    expect(rule.text(JSON.stringify({ Message: JSON.stringify({ again: inner }) }))).not.toContain('b.example');
    const encoded = btoa(inner);
    expect(rule.text(JSON.stringify({ data: encoded, id: 'x' }))).toBe('{"data":"•••","id":"x"}');
    expect(rule.text(encoded)).toBe('•••');
    expect(rule.text(`Cannot read ${inner} at line 1`)).toBe('Cannot read {"customer":{"email":"•••"}} at line 1');
    expect(rule.text(`Cannot read ${JSON.stringify(inner)}`)).not.toContain('b.example');
    expect(rule.text("KeyError in {'id': 1, 'customer': {'email': 'a@b.example', 'x': None}}")).toBe(
      "KeyError in {'id': 1, 'customer': {'email': '•••', 'x': None}}",
    );
    expect(rule.text('{"customer.email":"x","customer.name":"y"}')).toBe(
      '{"customer.email":"•••","customer.name":"y"}',
    );
    expect(withFields('customer').text('{"customer.name":"y"}')).toBe('{"customer.name":"•••"}');
    const deep = Array.from({ length: 9 }).reduce<string>((text) => JSON.stringify({ Message: text }), inner);
    expect(rule.text(deep)).not.toContain('b.example');
  });

  it('is masked in what was cut, up to the last character', () => {
    const text = '{"a":1,"customer":{"email":"someone@long.example","name":"Ada"}}';
    const rule = withFields('customer.email');
    for (let end = 0; end <= text.length; end += 1) {
      const shown = rule.text(text.slice(0, end));
      if (end > text.indexOf('some')) expect(shown).not.toContain('some');
    }
    const notified = JSON.stringify({ Message: text });
    for (let end = 0; end <= notified.length; end += 1) expect(rule.text(notified.slice(0, end))).not.toContain('some');
    expect(withFields('customer').text('{"customer":{"email":"someone')).toBe('{"customer":"•••"');
  });

  it('leaves valid JSON, with the same values everywhere else', () => {
    const strip = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(strip)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value).map(([name, inner]) => [
                name,
                name.toLowerCase() === 'secret' && inner !== null ? '•••' : strip(inner),
              ]),
            )
          : value;
    const key = fc.constantFrom('secret', 'Secret', 'a', 'b');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom(null, true, 12, -1.5e20, 'x', 'a "b" \\', '{'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 2), (value, indent) => {
        const shown: unknown = JSON.parse(withFields('secret').text(JSON.stringify(value, null, indent)));
        expect(shown).toEqual(strip(value));
      }),
    );
  });

  it('cannot be asked for, nor what stands around or in it', () => {
    const rule = withFields('customer.email', '*.card.number');
    expect(rule.refusesPath(['customer', 'email'])).toBe('field customer.email');
    expect(rule.refusesPath(['order', 'customer', 'email', 'domain'])).toBe('field customer.email');
    expect(rule.refusesPath(['pay', 'card', 'number'])).toBe('field *.card.number');
    expect(rule.refusesPath(['*', '*'])).toBe('field customer.email');
    expect(rule.refusesPath(['customer', 'name'])).toBeNull();
    expect(masking({ headers: ['x-customer-*'] }).refusesHeader('X-Customer-Id')).toBe('header x-customer-*');
  });
});

describe('patterns', () => {
  it.each([
    ['Mail to ada.l+x@mail.example.com failed', 'Mail to ••• failed'],
    ['ada%40mail.example.com', '•••'],
    ['user@localhost, @Override, a @ b', 'user@localhost, @Override, a @ b'],
    ['card 4111 1111 1111 1111 refused', 'card ••• refused'],
    ['order 77 4111-1111-1111-1111.', 'order 77 •••.'],
    ['4111111111111111', '•••'],
    ['4111111111111112', '4111111111111112'],
    ['at 1795318860123, offset 1795318860128', 'at 1795318860123, offset 1795318860128'],
    ['IBAN DE89 3704 0044 0532 0130 00 und mehr', 'IBAN ••• und mehr'],
    ['gb29nwbk60161331926819', '•••'],
    ['DE89370400440532013001', 'DE89370400440532013001'],
    ['Authorization: Bearer abc.def-123456', 'Authorization: Bearer •••'],
    ['t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!', 't=•••!'],
    ['{"n":4111111111111111,"4111111111111111":"x"}', '{"n":"•••","•••":"x"}'],
    ['{"m":"ada\\u0040mail.example.com"}', '{"m":"•••"}'],
    ['{"n":4.111111111111111e15,"m":[1.5e3,-0.0]}', '{"n":"•••","m":[1.5e3,-0.0]}'],
  ])('in %s', (text, masked) => {
    expect(allPatterns.text(text)).toBe(masked);
  });

  it('of an operator run in linear time, whatever the expression', () => {
    const own = masking({
      patterns: [
        { name: 'evil', expression: '(a+)+b' },
        { name: 'badge', expression: '(?i)b-\\d{6}' },
      ],
    });
    expect(own.text('badge B-123456, b-1')).toBe('badge •••, b-1');
    const tookMs = cpuClock();
    own.text('a'.repeat(200_000));
    expect(tookMs()).toBeLessThan(3_000);
    expect(maskingProblem({ pattern: { name: 'x', expression: '(?<=a)b' } })).toContain('RE2');
    expect(maskingProblem({ pattern: { name: 'x', expression: 'a*' } })).toContain('empty');
    expect(maskingProblem({ field: 'a..b' })).toContain('no path');
  });

  it('take no longer than their text is long', () => {
    const texts = [
      'a'.repeat(300_000),
      '1 '.repeat(150_000),
      '4'.repeat(300_000),
      'DE89 '.repeat(60_000),
      'a@'.repeat(150_000),
      'eyJ.'.repeat(80_000),
      '{"a":'.repeat(60_000),
      '['.repeat(300_000),
      '"\\'.repeat(150_000),
      '{"'.repeat(150_000),
      'bearer '.repeat(40_000),
      '{"a.b":'.repeat(40_000),
    ];
    const rule = masking({ ...allPatterns.settings, fields: ['a.b', '$.c'] });
    for (const text of texts) {
      const tookMs = cpuClock();
      rule.text(text);
      expect(tookMs(), text.slice(0, 20)).toBeLessThan(3_000);
    }
  });
});

it('masking twice is masking once, and never throws', () => {
  const rule = masking({ fields: ['a', 'b.*'], patterns: ['email', 'card', 'iban', 'bearer', 'jwt'], keys: false });
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    ' ',
    '"a"',
    '"b":',
    '{"b":',
    'x@y.example',
    '4111 1111 1111 1111',
    'bearer abcdefgh',
    'eyJabcdefgh',
    '1',
    '•',
  );
  const text = fc.oneof(
    fc.json(),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (drawn) => {
      const once = rule.text(drawn);
      expect(rule.text(once)).toBe(once);
    }),
    {
      numRuns: 300,
      examples: [['{"b":{x@y.example{'], ['[bearer abcdefgh"{"b":{"b":{'], ['"{"{"b":{bearer abcdefgh"x']],
    },
  );
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { brokerKinds, expectBounded } from '#lib/conventions/testing/hostile.ts';
import type { Header, RawDeadLetter } from '#lib/domain/message.ts';
import { parse } from '#lib/filter/parse.ts';
import { serialise } from '#lib/filter/serialise.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { maskMessage } from '#lib/masking/mask-message.ts';
import { showHeader } from '#lib/payload/show-header.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { checkProperty } from '#lib/testing/check-property.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';
import type { SchemaAnswer } from '#server/payload/decoder.ts';
import { maskShown } from '#server/payload/mask-shown.ts';
import { foreignNames, foreignPayload } from '#server/payload/testing/foreign-payload.ts';
import { decodeContent, encodeContent } from '#server/store/content.ts';
import { readLetter } from '#server/sync/read-letter.ts';

/**
 * Messages as real libraries write them, damaged: bytes flipped, cut out and doubled. A failure prints its seed and path, with which
 * `fc.assert(…, { seed, path })` shows the very same message again.
 */

const runs = { least: 50, most: 300, patienceMs: 10_000 };

const fixtures = join(import.meta.dirname, '../../lib/conventions/fixtures');
const headerList = z.array(z.object({ name: z.string(), value: z.string() }));
/** What Spring, Connect, Streams and the others wrote. */
const realHeaders: readonly (readonly Header[])[] = readdirSync(fixtures).flatMap((file) => {
  const content = headerList.safeParse(JSON.parse(readFileSync(join(fixtures, file), 'utf8')));
  if (!content.success) return [];
  return [
    content.data.map(
      ({ name, value }) =>
        ({ name, value: { kind: 'bytes', bytes: new Uint8Array(Buffer.from(value, 'base64')) } }) as const,
    ),
  ];
});

const damage = fc.array(
  fc.record({ at: fc.nat(4_000), with: fc.nat(255), how: fc.constantFrom('flip', 'cut', 'double', 'drop') }),
  { maxLength: 6 },
);
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

function damaged(bytes: Uint8Array, hits: Damage): Uint8Array {
  const left = hits.reduce<Uint8Array>((all, hit) => {
    if (all.length === 0) return all;
    const at = hit.at % all.length;
    switch (hit.how) {
      case 'flip':
        return all.with(at, hit.with);
      case 'cut':
        return all.subarray(0, at);
      case 'double':
        return Buffer.concat([all.subarray(0, at), all.subarray(at, at + hit.with), all.subarray(at)]);
      case 'drop':
        return Buffer.concat([all.subarray(0, at), all.subarray(at + 1 + (hit.with % 16))]);
    }
  }, bytes);
  return Uint8Array.from(left);
}

const body = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...foreignNames).map((name) => foreignPayload(name).bytes),
      fc.json().map((text) => new TextEncoder().encode(text)),
    ),
    damage,
  )
  .map(([bytes, hits]) => damaged(bytes, hits));

const headers = fc.tuple(fc.constantFrom(...realHeaders), damage, fc.nat(30)).map(([list, hits, which]) =>
  list.map((header, index): Header => {
    const { value } = header;
    return value.kind === 'bytes' && index % 31 === which % list.length
      ? { ...header, value: { kind: 'bytes', bytes: damaged(value.bytes, hits) } }
      : header;
  }),
);

const builders = fc.constantFrom(
  aDeadLetter().fromOwnConvention(),
  aDeadLetter().fromSpringKafka(),
  aDeadLetter().fromRabbitMq(),
  aDeadLetter().fromSqs(),
);
const message: fc.Arbitrary<RawDeadLetter> = fc
  .tuple(builders, headers, body, fc.option(body), fc.option(fc.maxSafeNat()))
  .map(([builder, more, content, key, brokerAt]) => {
    const raw = builder.raw();
    return { ...raw, headers: [...raw.headers, ...more], body: content, key, brokerAt };
  });

const masking = createMasking({
  fields: ['id', '*.name'],
  headers: ['kafka_*', 'x-*'],
  patterns: ['email', 'card', 'iban', 'bearer', 'jwt'],
  keys: false,
});

describe('a damaged message', () => {
  it('was taken from every library whose headers there are', () => {
    expect(realHeaders.length).toBeGreaterThanOrEqual(6);
  });

  it('is indexed within bounds, masked or not, and kept to the byte', () => {
    checkProperty(
      fc.property(message, brokerKinds, (raw, kind) => {
        const queue = { id: 'c/q', kind, name: 'q', origins: ['o'] };
        for (const options of [{}, { masking }]) {
          const { letter, group } = readLetter(queue, raw, 1_795_318_860_000, options);
          expectBounded(letter);
          expect(letter.preview.length).toBeLessThanOrEqual(300);
          expect(group.title.length).toBeLessThanOrEqual(200);
        }
        maskMessage(raw, masking);
        for (const header of raw.headers) showHeader(header, false);
        expect(decodeContent(encodeContent(raw))).toEqual(raw);
      }),
      runs,
    );
  });

  it('is decoded as far as it goes, masked or not, and never shows more than a page', () => {
    const answers = foreignNames.flatMap((name): SchemaAnswer[] => {
      const { schema, refers } = foreignPayload(name);
      const [reference] = schema?.references ?? [];
      const references = reference && refers ? [{ name: reference[0], text: refers.text }] : [];
      return schema
        ? [
            {
              kind: 'found',
              schema: { type: schema.type, text: schema.text, subject: null, version: null, references },
            },
          ]
        : [];
    });
    checkProperty(
      fc.property(message, fc.constantFrom(...answers), fc.constantFrom('key', 'value'), (raw, answer, part) => {
        const source = { part, bytes: raw.body, headers: raw.headers, properties: raw.properties } as const;
        const decoded = decodePayload(source, () => answer);
        if (decoded.kind === 'needs') throw new Error('The schema was given.');
        for (const payload of [decoded.payload, maskShown(decoded.payload, source, masking)]) {
          expect((payload.pretty?.length ?? 0) + (payload.raw?.length ?? 0) + payload.hex.length).toBeLessThan(
            1_000_000,
          );
        }
      }),
      runs,
    );
  });
});

it('a damaged filter is read as it is written, or its mistake is pointed at', () => {
  const filters = [
    'error:"connection refused" -state:gone (queue:orders.* OR queue:=kafka/billing) since:2h',
    'header.tenant:acme payload.customer.id:42 attempts:>3 size:10kb..1mb',
    'original:2026-01-31..2026-02-01 key:="a b" payload."odd name":*x* group:abc -(class:A OR class:B*)',
  ].map((text) => new TextEncoder().encode(text));
  const text = fc
    .tuple(fc.constantFrom(...filters), damage)
    .map(([bytes, hits]) => new TextDecoder().decode(damaged(bytes, hits)));
  checkProperty(
    fc.property(text, (drawn) => {
      const now = 1_795_318_860_000;
      const read = parse(drawn, { now });
      if ('error' in read) {
        expect(read.error.position).toBeLessThanOrEqual(drawn.length);
        expect(read.error.message.length).toBeGreaterThan(10);
      } else {
        expect(parse(serialise(read.filter, read.range), { now })).toEqual(read);
      }
    }),
    { ...runs, most: 500 },
  );
});

import type { PayloadSchema, PayloadStep, ShownPayload } from '#lib/api/messages.ts';
import { cloudEventNote } from '#lib/payload/cloud-event-headers.ts';
import { envelopeReaders } from '#lib/payload/envelopes.ts';
import { viewOf, type Shown } from '#lib/payload/show-payload.ts';
import type { MissingPayload } from '#lib/payload/decoded-body.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import {
  reasonOf,
  type Attempt,
  type Decoder,
  type PayloadSource,
  type SchemaLookup,
  type Stage,
} from '#server/payload/decoder.ts';
import { compressedByLooks, contentEncoding } from '#server/payload/decoders/compression.ts';
import { messagePackByLooks, messagePackByType } from '#server/payload/decoders/message-pack.ts';
import { schemaRegistry } from '#server/payload/decoders/registered.ts';
import { base64, hex, json, plainText } from '#server/payload/decoders/texts.ts';

export type Decoded =
  /** `missing`: the payload holds more than what is shown. */
  | { readonly kind: 'shown'; readonly payload: ShownPayload; readonly missing: MissingPayload | null }
  /** Ask again with the registry's answer. */
  | { readonly kind: 'needs'; readonly reference: SchemaReference };

/** What the message itself says comes before what its bytes look like. The last one takes everything. */
const outermost: readonly Decoder[] = [contentEncoding, compressedByLooks, schemaRegistry, messagePackByType];
const formats: readonly Decoder[] = [json, base64, plainText, messagePackByLooks, hex];

/** Envelopes in envelopes end here; what is inside then is shown as it is. */
const layersMax = 4;

interface Found {
  readonly shown: Shown;
  readonly labels: readonly string[];
  readonly steps: readonly PayloadStep[];
  readonly schema: PayloadSchema | null;
  readonly missing: MissingPayload | null;
}

/**
 * Goes through the chain and reports each decoder that was tried. It never throws, and is bounded in what it builds, but it blocks its
 * thread for as long as the libraries need: `payload-thread.ts` is where it runs. Without the hex view where nobody looks at it: it costs more than the rest.
 */
export function decodePayload(source: PayloadSource, lookup: SchemaLookup, withHex = true): Decoded {
  const { bytes } = source;
  const nothing: Shown = { kind: 'binary', pretty: null, raw: null, cut: false };
  if (bytes === null || bytes.length === 0)
    return {
      kind: 'shown',
      payload: viewOf(bytes, { shown: nothing, labels: [], steps: [], schema: null }),
      missing: null,
    };
  const found = unwrap({ ...source, bytes, lookup }, [...outermost, ...formats], 1);
  if ('reference' in found) return { kind: 'needs', reference: found.reference };
  const event = source.part === 'value' ? cloudEventNote(source.headers) : null;
  const steps: readonly PayloadStep[] =
    event === null
      ? found.steps
      : [{ decoder: 'CloudEvents headers', outcome: 'applied', note: event }, ...found.steps];
  return { kind: 'shown', payload: viewOf(bytes, { ...found, steps }, withHex), missing: found.missing };
}

function unwrap(
  start: Stage,
  decoders: readonly Decoder[],
  layer: number,
): Found | { readonly reference: SchemaReference } {
  const steps: PayloadStep[] = [];
  const labels: string[] = [];
  let schema: PayloadSchema | null = null;
  let missing: MissingPayload | null = null;
  let stage = start;
  for (const decoder of decoders) {
    const attempt = attemptOf(decoder, stage);
    if (attempt.outcome === 'needs') return { reference: attempt.reference };
    steps.push({ decoder: decoder.name, outcome: attempt.outcome, note: attempt.note });
    if (attempt.outcome !== 'applied') {
      missing = attempt.missing ?? missing;
      continue;
    }
    labels.push(attempt.label);
    schema = attempt.schema ?? schema;
    if ('next' in attempt) {
      stage = { ...stage, bytes: attempt.next };
      // What was base64 may be anything again, as SQS has Avro.
      if (decoder !== base64 || layer >= layersMax) continue;
      return joined(
        { labels, steps, schema, missing },
        unwrap(stage, [compressedByLooks, schemaRegistry, ...formats], layer + 1),
      );
    }
    if (attempt.document !== undefined && layer < layersMax) {
      const inner = openEnvelope(attempt.document, stage.bytes, steps, labels);
      if (inner)
        return joined(
          { labels, steps, schema, missing },
          unwrap({ ...stage, bytes: inner }, [compressedByLooks, ...formats], layer + 1),
          attempt.shown.raw,
        );
    }
    // A page is full sooner than the payload ends.
    const isCut = attempt.shown.cut && attempt.shown.kind === 'json';
    // What can be read after all was not what a header or its first bytes said.
    const lacks = missing === 'unreadable' && attempt.shown.kind !== 'binary' ? null : missing;
    return { shown: attempt.shown, labels, steps, schema, missing: lacks ?? (isCut ? 'limit' : null) };
  }
  return { shown: { kind: 'binary', pretty: null, raw: null, cut: false }, labels: ['binary'], steps, schema, missing };
}

function attemptOf(decoder: Decoder, stage: Stage): Attempt {
  try {
    return decoder.decode(stage);
  } catch (error) {
    return { outcome: 'failed', note: reasonOf(error) };
  }
}

/** Adds the envelopes' steps and labels; the bytes inside, where one of them wraps any. */
function openEnvelope(document: unknown, bytes: Uint8Array, steps: PayloadStep[], labels: string[]): Uint8Array | null {
  for (const envelope of envelopeReaders) {
    const found = envelope.read(document, bytes);
    if (typeof found === 'string') {
      steps.push({ decoder: envelope.name, outcome: 'declined', note: found });
      continue;
    }
    steps.push({ decoder: envelope.name, outcome: 'applied', note: found.note });
    const wraps = found.inner !== null && found.inner.length > 0;
    // An envelope around something is what "JSON" would say once more.
    if (wraps) labels.pop();
    labels.push(found.label);
    return wraps ? found.inner : null;
  }
  return null;
}

/** The raw view stays that of the outermost text: it is what was sent. */
function joined(
  outer: Omit<Found, 'shown'>,
  inner: Found | { readonly reference: SchemaReference },
  raw?: string | null,
): Found | { readonly reference: SchemaReference } {
  if ('reference' in inner) return inner;
  const { shown } = inner;
  const pretty = shown.pretty ?? (raw === undefined || raw === null ? null : shown.raw);
  return {
    shown: raw === undefined || raw === null ? shown : { ...shown, pretty, raw },
    labels: [...outer.labels, ...inner.labels],
    steps: [...outer.steps, ...inner.steps],
    schema: outer.schema ?? inner.schema,
    missing: outer.missing ?? inner.missing,
  };
}

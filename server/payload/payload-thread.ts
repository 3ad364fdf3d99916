import { parentPort, workerData } from 'node:worker_threads';
import type { ShownPayload } from '#lib/api/messages.ts';
import { createMasking, type Masking, type MaskingSettings } from '#lib/masking/masking.ts';
import { referenceText } from '#lib/payload/wire-format.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';
import { type PayloadSource, reasonOf, type SchemaLookup } from '#server/payload/decoder.ts';
import type { DecodingJob, FitJob, KnownSchema, PayloadAnswer, SearchAnswer } from '#server/payload/decoding-thread.ts';
import { editBody } from '#server/payload/editing/edit-body.ts';
import { jsonSchemaMisfits } from '#server/payload/editing/json-schema.ts';
import { maskBytes, maskShown } from '#server/payload/mask-shown.ts';
import { maskWrapped } from '#server/payload/mask-wrapped.ts';
import { searchedBody } from '#server/payload/searched-body.ts';

/** The thread that takes payloads apart: what a stranger's bytes do to a library happens here, and ends here. What is masked does not leave it. */
const settings = workerData as MaskingSettings | undefined;
const masking = settings && createMasking(settings);

parentPort?.on('message', (job: DecodingJob) => parentPort?.postMessage(answerTo(job)));

/** Loading the libraries takes a while, which no payload should have to answer for. */
parentPort?.postMessage('ready');

function answerTo(job: DecodingJob): PayloadAnswer {
  if (job.wants === 'fit') return { kind: 'fits', misfits: misfitsOf(job) };
  const known = new Map(job.answers.map(({ reference, answer }) => [keyOf(reference), answer]));
  const lookup: SchemaLookup = (reference) => known.get(keyOf(reference));
  if (job.wants === 'search') return { kind: 'all', answers: job.sources.map((source) => search(source, lookup)) };
  if (job.wants === 'edit') return { kind: 'bodies', answers: job.jobs.map((each) => editBody(each, lookup, masking)) };
  const { source, wants } = job;
  const decoded = decodePayload(source, lookup);
  if (decoded.kind === 'needs' || !masking) return decoded;
  const { payload, missing } = decoded;
  if (wants === 'bytes') return { kind: 'bytes', bytes: maskBytes(payload, source, masking) };
  return { kind: 'shown', payload: readable(payload, source, masking), missing };
}

function misfitsOf({ schema, documents }: FitJob): readonly (string | null)[] | string {
  try {
    return jsonSchemaMisfits(schema, documents);
  } catch (error) {
    return `it cannot be read (${reasonOf(error)})`;
  }
}

function search(source: PayloadSource, lookup: SchemaLookup): SearchAnswer {
  const decoded = decodePayload(source, lookup, false);
  if (decoded.kind === 'needs') return decoded;
  const shown = masking ? readable(decoded.payload, source, masking) : decoded.payload;
  const body = source.bytes === null ? undefined : searchedBody(shown, source.bytes, decoded.missing);
  return { kind: 'searched', body };
}

function readable(payload: ShownPayload, source: PayloadSource, rules: Masking): ShownPayload {
  return maskWrapped(payload, maskShown(payload, source, rules), rules);
}

function keyOf(reference: KnownSchema['reference']): string {
  return `${reference.kind} ${referenceText(reference)}`;
}

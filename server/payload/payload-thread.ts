import { parentPort, workerData } from 'node:worker_threads';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { referenceText } from '#lib/payload/wire-format.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';
import { maskBytes, maskShown } from '#server/payload/mask-shown.ts';
import type { PayloadAnswer, PayloadJob } from '#server/payload/payload-reader.ts';

/** The thread that takes payloads apart: what a stranger's bytes do to a library happens here, and ends here. What is masked does not leave it. */
const settings = workerData as MaskingSettings | undefined;
const masking = settings && createMasking(settings);

parentPort?.on('message', (job: PayloadJob) => parentPort?.postMessage(answerTo(job)));

/** Loading the libraries takes a while, which no payload should have to answer for. */
parentPort?.postMessage('ready');

function answerTo({ source, answers, wants }: PayloadJob): PayloadAnswer {
  const known = new Map(answers.map(({ reference, answer }) => [keyOf(reference), answer]));
  const decoded = decodePayload(source, (reference) => known.get(keyOf(reference)));
  if (decoded.kind === 'needs' || !masking) return decoded;
  if (wants === 'bytes') return { kind: 'bytes', bytes: maskBytes(decoded.payload, source, masking) };
  return { kind: 'shown', payload: maskShown(decoded.payload, source, masking) };
}

function keyOf(reference: PayloadJob['answers'][number]['reference']): string {
  return `${reference.kind} ${referenceText(reference)}`;
}

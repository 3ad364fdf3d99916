import { parentPort } from 'node:worker_threads';
import { decodePayload } from '#server/payload/decode-payload.ts';
import type { PayloadJob } from '#server/payload/payload-reader.ts';
import { referenceText } from '#lib/payload/wire-format.ts';

/** The thread that takes payloads apart: what a stranger's bytes do to a library happens here, and ends here. */
parentPort?.on('message', ({ source, answers }: PayloadJob) => {
  const known = new Map(answers.map(({ reference, answer }) => [keyOf(reference), answer]));
  parentPort?.postMessage(decodePayload(source, (reference) => known.get(keyOf(reference))));
});

/** Loading the libraries takes a while, which no payload should have to answer for. */
parentPort?.postMessage('ready');

function keyOf(reference: PayloadJob['answers'][number]['reference']): string {
  return `${reference.kind} ${referenceText(reference)}`;
}

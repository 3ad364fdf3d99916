import type { BenchRow } from '#bench/bench-row.ts';
import type { Failure } from '#lib/domain/dead-letter.ts';
import type { CorpusError } from '#lib/fingerprint/corpus/corpus-group.ts';
import { databases } from '#lib/fingerprint/corpus/databases.ts';
import { messaging } from '#lib/fingerprint/corpus/messaging.ts';
import { traces } from '#lib/fingerprint/corpus/traces.ts';
import { web } from '#lib/fingerprint/corpus/web.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { payloadShapeOf } from '#lib/fingerprint/payload-shape.ts';

const bar = 60_000;
const batch = 2_000;
const body = new TextEncoder().encode('{"orderId":"o-1","total":19.99,"lines":[{"sku":"s-1","quantity":1}]}');

/**
 * Fingerprints per CPU second of the corpus' errors, a fifth of them with a stack trace. `fingerprint`: each message has numbers of its own, as ids,
 * times and ports are; frames come again. `fingerprint-unseen`: each has a random word too, so that nothing of a message is remembered.
 */
export async function benchFingerprint(count: number): Promise<readonly BenchRow[]> {
  return [measure('fingerprint', count, String), measure('fingerprint-unseen', count, (number) => randomWord(number))];
}

function measure(name: string, count: number, id: (number: number) => string): BenchRow {
  const errors = [...databases, ...web, ...messaging, ...traces].flatMap((group) => group.errors).map(failureOf);
  const rates: number[] = [];
  for (let start = 0; start < count; start += batch) {
    const failures = Array.from({ length: batch }, (_, index) => renewed(errors, start + index, id));
    const begun = process.cpuUsage();
    for (const failure of failures) {
      fingerprintOf({ failure }, { source: 'orders.dlq', payloadShape: () => payloadShapeOf(body) });
    }
    const { user, system } = process.cpuUsage(begun);
    rates.push(batch / ((user + system) / 1e6));
  }
  // Of a rate the slow end is the low one.
  rates.sort((a, b) => b - a);
  const at = (share: number) => rates[Math.min(rates.length - 1, Math.floor(rates.length * share))] ?? 0;
  const isBarred = name === 'fingerprint';
  return {
    name,
    n: count,
    p50: at(0.5),
    p95: at(0.95),
    unit: 'per CPU s',
    baseline: isBarred ? `at least ${bar.toLocaleString('en-US')}` : null,
    ratio: isBarred ? at(0.5) / bar : null,
  };
}

function failureOf(error: CorpusError): Failure {
  const nothing = { errorClass: null, errorMessage: null, stackTrace: null, reason: null, attempts: null };
  if (typeof error === 'string') return { ...nothing, errorMessage: error };
  if ('stackTrace' in error) return { ...nothing, ...error };
  return { ...nothing, errorClass: error[0], errorMessage: error[1] };
}

/** The error of that number with other ids in its message, and in the line of its trace that repeats the message. */
function renewed(errors: readonly Failure[], number: number, id: (number: number) => string): Failure {
  const failure = errors[(number * 7_919) % errors.length];
  if (failure === undefined) throw new Error('The corpus is empty.');
  const renew = (text: string) =>
    text.replace(/\d{2,}/, () => id(number + 1_000_000)).replace(/\d{3,}/g, () => String(number + 1_000_000));
  const trace = failure.stackTrace;
  const end = trace?.indexOf('\n') ?? -1;
  return {
    ...failure,
    errorMessage: failure.errorMessage === null ? null : renew(failure.errorMessage),
    stackTrace: trace === null || end < 0 ? trace : renew(trace.slice(0, end)) + trace.slice(end),
  };
}

/** Letters and digits, another word for each number. */
function randomWord(number: number): string {
  return `k${Math.imul(number, 2_654_435_761 | 0)
    .toString(36)
    .replace('-', '')}7q`;
}

import { describe, expect, it } from 'vitest';
import type { Failure } from '#lib/domain/dead-letter.ts';
import type { CorpusError, CorpusGroup } from '#lib/fingerprint/corpus/corpus-group.ts';
import { databases } from '#lib/fingerprint/corpus/databases.ts';
import { heldOutDotnetAndPhp } from '#lib/fingerprint/corpus/held-out-dotnet-and-php.ts';
import { heldOutGoAndRuby } from '#lib/fingerprint/corpus/held-out-go-and-ruby.ts';
import { heldOutJvm } from '#lib/fingerprint/corpus/held-out-jvm.ts';
import { heldOutNodeAndServices } from '#lib/fingerprint/corpus/held-out-node-and-services.ts';
import { heldOutPython } from '#lib/fingerprint/corpus/held-out-python.ts';
import { heldOut2 } from '#lib/fingerprint/corpus/held-out-2.ts';
import { heldOut3 } from '#lib/fingerprint/corpus/held-out-3.ts';
import { messaging } from '#lib/fingerprint/corpus/messaging.ts';
import { traces } from '#lib/fingerprint/corpus/traces.ts';
import { valueWords, wordsThatMatter } from '#lib/fingerprint/corpus/value-words.ts';
import { web } from '#lib/fingerprint/corpus/web.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';

const corpus: readonly CorpusGroup[] = [
  databases,
  web,
  messaging,
  traces,
  heldOutJvm,
  heldOutPython,
  heldOutGoAndRuby,
  heldOutDotnetAndPhp,
  heldOutNodeAndServices,
  heldOut2,
  heldOut3,
  valueWords,
  wordsThatMatter,
].flat();

describe('the corpus of errors', () => {
  const errors = corpus.flatMap(({ group, errors: ofGroup }) =>
    ofGroup.map((error) => ({ group, ...fingerprint(error) })),
  );

  it('is large, and names each group once', () => {
    expect(errors.length).toBeGreaterThanOrEqual(500);
    expect(new Set(corpus.map(({ group }) => group)).size).toBe(corpus.length);
  });

  it('is grouped as a person would: precision and recall of pairs are at least 0.97', () => {
    const pairs = { right: 0, split: 0, merged: 0 };
    const problems = new Set<string>();
    for (const [index, one] of errors.entries()) {
      for (const other of errors.slice(index + 1)) {
        const isOne = one.group === other.group;
        const isGrouped = one.id === other.id;
        if (isOne && isGrouped) pairs.right += 1;
        if (isOne && !isGrouped) pairs.split += 1;
        if (!isOne && isGrouped) pairs.merged += 1;
        if (isOne !== isGrouped)
          problems.add(`${isOne ? 'split' : 'merged'}: ${one.group} [${one.shown}] | ${other.group} [${other.shown}]`);
      }
    }
    const precision = pairs.right / (pairs.right + pairs.merged);
    const recall = pairs.right / (pairs.right + pairs.split);
    console.log(
      `fingerprint corpus: ${errors.length} errors in ${corpus.length} groups, precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`,
    );
    const explained = [...problems].join('\n');
    expect(precision, explained).toBeGreaterThanOrEqual(0.97);
    expect(recall, explained).toBeGreaterThanOrEqual(0.97);
  });
});

function fingerprint(error: CorpusError): { id: string; shown: string } {
  const { id, parts } = fingerprintOf(
    { failure: failureOf(error) },
    { source: 'orders.dlq', payloadShape: () => '{}' },
  );
  return { id, shown: JSON.stringify(parts) };
}

function failureOf(error: CorpusError): Failure {
  const nothing = { errorClass: null, errorMessage: null, stackTrace: null, reason: null, attempts: null };
  if (typeof error === 'string') return { ...nothing, errorMessage: error };
  if ('stackTrace' in error) return { ...nothing, ...error };
  return { ...nothing, errorClass: error[0], errorMessage: error[1] };
}

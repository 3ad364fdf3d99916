import { UsageError } from '#cli/usage-error.ts';
import { didYouMean } from '#lib/words/did-you-mean.ts';

/** One of a few words was asked for, and another one was written. */
export function noSuchWord(flag: string, written: string, words: readonly string[], more = ''): UsageError {
  return new UsageError(`--${flag} ${wordsText(written, words)}${more}`);
}

/** `is keep or strip, and not "drop".` */
export function wordsText(written: string, words: readonly string[]): string {
  const all = words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return `is ${all}, and not "${written.slice(0, 100)}".${didYouMean(written, words)}`;
}

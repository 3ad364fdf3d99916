import { AppError } from '#lib/domain/errors.ts';

/** The first page at once, then enough of each group to tell what is going on. */
const firstSlices = [200, 2_000];
const usualSlices = [10_000];
/**
 * About a second's work: what arrives is looked for after each slice, and a crash repeats at most one. Large enough for fetches of full size.
 */
const sliceMax = 20_000;

/** How much of a log is read backwards at a time. */
export interface Slices {
  next(): number;
  /** One ended at a limit of bytes, after so many messages, before it was complete: the next ones are so small that they fit. Throws `too_large` where none would. */
  cutOff(read: number): void;
}

export function createSlices(queueName: string, isFirst: boolean): Slices {
  const sizes = isFirst ? [...firstSlices, ...usualSlices] : [...usualSlices];
  let max = sliceMax;
  return {
    next: () => Math.min(max, sizes.shift() ?? max),
    cutOff(read) {
      if (max === 1)
        throw new AppError(
          'too_large',
          `A single message of ${queueName} is larger than a read may be. Raise the limit of a browse, or remove the message.`,
          { details: { queue: queueName } },
        );
      max = Math.max(1, Math.floor(Math.min(max, read) / 2));
    },
  };
}

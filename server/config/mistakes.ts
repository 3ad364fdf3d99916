import { AppError } from '#lib/domain/errors.ts';

/** What is wrong with a configuration: collected, so that an operator learns all of it from one start. */
export interface Mistakes {
  /** `key`: `connections[0].sasl.password`, or a variable's name. `message`: what is wrong and what to write, and no value, which may be a secret. */
  add(key: string, message: string): void;
  /** Throws `invalid_configuration` where there is one. */
  refuse(): void;
}

/** With a stop, where it does not end by itself. */
export function ended(sentence: string): string {
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
}

export function createMistakes(): Mistakes {
  const found: { readonly key: string; readonly message: string }[] = [];
  return {
    add: (key, message) => void found.push({ key, message }),
    refuse() {
      const [first, ...others] = found;
      if (first === undefined) return;
      const lines = found.map(({ message }) => `  - ${message}`).join('\n');
      throw new AppError(
        'invalid_configuration',
        others.length === 0 ? first.message : `The configuration has ${found.length} mistakes:\n${lines}`,
        { details: { key: first.key } },
      );
    },
  };
}

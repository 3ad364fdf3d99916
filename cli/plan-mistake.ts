import type { z } from 'zod';
import { wordsText } from '#cli/no-such-word.ts';
import { amount } from '#cli/print.ts';

/** What the contract does not take of a request, for whoever wrote the flags that made it; `body` is that request. */
export function mistakeText(issue: z.core.$ZodIssue, body: unknown): string {
  switch (issue.code) {
    case 'invalid_value':
      return wordsText(String(valueAt(body, issue.path)), issue.values.map(String));
    case 'invalid_union': {
      const kinds = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      if (kinds.length === 0) return issue.message;
      return `its ${String(issue.path.at(-1))} ${wordsText(String(valueAt(body, issue.path)), kinds)}`;
    }
    case 'unrecognized_keys':
      return `there is no "${issue.keys.join('", "')}" in it.`;
    case 'too_big':
      return issue.origin === 'array' ? `are ${amount(Number(issue.maximum))} at most.` : issue.message;
    default:
      return issue.message;
  }
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

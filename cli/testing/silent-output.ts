import type { Output } from '#cli/output.ts';

/** Says nothing, and nobody sits before it. */
export const silent: Output = {
  write: () => undefined,
  pass: () => Promise.resolve(),
  progress: () => undefined,
  note: () => undefined,
  width: 80,
  ask: null,
};

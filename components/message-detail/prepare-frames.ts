import type { MessageDetail } from '#lib/api/messages.ts';

type Frame = MessageDetail['frames'][number];

export interface TraceLine {
  readonly kind: Frame['kind'] | 'left-out';
  readonly text: string;
}

/**
 * The reader's own frames and the causes between them, with how many of libraries were left out where. Lines that are no frames belong to
 * what stands before them, as Python's source lines do. Without own frames: the first ten of all.
 */
export function ownLines(frames: readonly Frame[]): readonly TraceLine[] {
  if (!frames.some((frame) => frame.kind === 'yours')) {
    const rest = frames.length - 10;
    return rest > 0 ? [...frames.slice(0, 10), { kind: 'left-out', text: `+ ${rest} more` }] : frames;
  }
  const lines: TraceLine[] = [];
  let leftOut = 0;
  let keeping = true;
  const flush = () => {
    if (leftOut > 0) lines.push({ kind: 'left-out', text: `+ ${leftOut} of libraries` });
    leftOut = 0;
  };
  for (const frame of frames) {
    if (frame.kind !== 'other') keeping = frame.kind !== 'library';
    if (keeping) {
      flush();
      lines.push(frame);
    } else if (frame.kind === 'library') {
      leftOut += 1;
    }
  }
  flush();
  return lines;
}

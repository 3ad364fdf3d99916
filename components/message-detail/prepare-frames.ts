import type { MessageDetail } from '#lib/api/messages.ts';

type Frame = MessageDetail['frames'][number];

export interface TraceLine {
  readonly kind: Frame['kind'] | 'left-out';
  readonly text: string;
}

/** The reader's own frames and the causes between them, with how many of libraries were left out where. Without own frames: the first ten of all. */
export function ownLines(frames: readonly Frame[]): readonly TraceLine[] {
  if (!frames.some((frame) => frame.kind === 'yours')) {
    const rest = frames.length - 10;
    return rest > 0 ? [...frames.slice(0, 10), { kind: 'left-out', text: `+ ${rest} more` }] : frames;
  }
  const lines: TraceLine[] = [];
  let leftOut = 0;
  const flush = () => {
    if (leftOut > 0) lines.push({ kind: 'left-out', text: `+ ${leftOut} of libraries` });
    leftOut = 0;
  };
  for (const frame of frames) {
    if (frame.kind === 'library' || (frame.kind === 'other' && lines.length > 0)) {
      leftOut += 1;
    } else {
      flush();
      lines.push(frame);
    }
  }
  flush();
  return lines;
}

import { isGoFile, readFrameLine, readGoFrame } from '#lib/stack-trace/frame-line.ts';

export interface StackFrame {
  readonly text: string;
  readonly kind: 'yours' | 'library' | 'cause' | 'other';
}

const maxCharacters = 128_000;
const maxLines = 400;

const cause =
  /^\s*(?:Caused by:|Suppressed:|Wrapped by:|During handling of|The above exception|Traceback |\[cause\]:|Next |\[previous exception\]|---> )/i;
const leftOut = /^\s*(?:\.\.\. \d+ (?:more|common frames)|--- End of )/;

/** The lines of a stack trace, each with whose code it is. A line that is no frame is `other`: it belongs to what stands before it. */
export function readFrames(stackTrace: string): readonly StackFrame[] {
  const lines = stackTrace
    .slice(0, maxCharacters)
    .split(/\r?\n/, maxLines)
    .filter((line) => line.trim() !== '');
  return lines.map((text, index) => ({ text, kind: kindOf(text, lines[index + 1]) }));
}

function kindOf(line: string, next: string | undefined): StackFrame['kind'] {
  if (cause.test(line)) return 'cause';
  if (leftOut.test(line)) return 'library';
  // Go's place stands in the line after its function.
  const frame = next !== undefined && isGoFile(next) ? readGoFrame(line, next) : readFrameLine(line);
  return frame?.kind ?? 'other';
}

import { announcesError, readErrorHead } from '#lib/stack-trace/error-line.ts';
import { isGoFile, readFrameLine, readGoFrame, type TraceFrame } from '#lib/stack-trace/frame-line.ts';
import { memoise } from '#lib/stack-trace/memo.ts';

/** One error of a chain. Frames begin where it was thrown. */
export interface ThrownError {
  readonly errorClass: string | null;
  readonly message: string;
  readonly frames: readonly TraceFrame[];
}

/** What is read of a trace at most: this many characters of its beginning, and as many of its end, where the root cause may stand. */
const keptCharacters = 32_000;
const maxErrors = 40;

/** Frames come again and again; a line that is none is remembered as such. */
const frameOf = memoise((line): TraceFrame | 'none' => readFrameLine(line) ?? 'none', { entries: 4_000, longest: 400 });

const causedBy = /^\s*(?:Caused by|caused by|Causes?|\[cause\]|\[?previous exception\]?):? ?(.{1,2000})$/;
const rootFirst =
  /^\s*(?:The above exception was the direct cause|During handling of the above exception|Wrapped by: |Next )/;
const suppressed = /^\s+Suppressed: /;
const noise =
  /^\s*(?:\.\.\. \d+ (?:more|common frames)|Stack trace:|\[stacktrace\]|--- End of |Traceback |\[Previous line repeated|[~^]+$|\+ Exception Group|goroutine \d|\[signal |exit status|\{main\}|#\d+ \{main\})/;

interface Draft {
  head: string[];
  frames: TraceFrame[];
  /** Python prints the frames first, the innermost last. */
  isPython: boolean;
}

/**
 * The errors of a trace, the outermost first and the root cause last, in whichever order the runtime printed them. Reads Java and Kotlin, JavaScript,
 * Python, Go, Ruby, .NET and PHP; other text is one error without frames. Bounded and linear in the length of the text; never throws.
 */
export function parseTrace(trace: string): readonly ThrownError[] {
  const lines = boundedLines(trace);
  const drafts: Draft[] = [aDraft()];
  let printsRootFirst = false;
  // .NET: after an inner error's frames come those of the error around it.
  let current = 0;
  let inSuppressed = false;

  const begin = (head: string | null) => {
    if (drafts.length >= maxErrors) return;
    drafts.push(aDraft(head));
    current = drafts.length - 1;
  };

  for (const [index, line] of lines.entries()) {
    const draft = drafts[current];
    if (draft === undefined) break;
    if (line === '') continue;

    const next = lines[index + 1];
    if (next !== undefined && isGoFile(next)) {
      const frame = readGoFrame(line, next);
      if (frame) draft.frames.push(frame);
      if (frame) continue;
    }
    if (mayBeFrame(line)) {
      const frame = frameOf(line);
      if (frame !== 'none') {
        if (!inSuppressed) addFrame(draft, frame, line);
        continue;
      }
    }
    if (suppressed.test(line)) {
      inSuppressed = true;
      continue;
    }
    // What a suppressed error was caused by is indented as it is.
    if (inSuppressed && /^\s+/.test(line)) continue;
    inSuppressed = false;

    const cause = causedBy.exec(line);
    if (cause?.[1] !== undefined) {
      begin(cause[1]);
      continue;
    }
    if (rootFirst.test(line) && draft.frames.length > 0) {
      printsRootFirst = true;
      begin(/^\s*(?:Wrapped by: |Next )(.+)$/.exec(line)?.[1] ?? null);
      continue;
    }
    const inner = line.indexOf('---> ');
    if (inner >= 0) {
      if (line.includes('(Inner Exception #')) continue;
      const [outer, ...chain] = line.split(/ ?---> /, maxErrors);
      if (outer !== undefined && outer.trim() !== '') draft.head.push(outer);
      for (const head of chain) begin(head);
      continue;
    }
    if (line.includes('--- End of inner ')) {
      current = Math.max(0, current - 1);
      continue;
    }
    if (/^goroutine \d/.test(line) && draft.frames.length > 0) break;
    if (line.replace(/^[\s|+]+/, '').startsWith('Traceback (')) {
      if (draft.frames.length > 0) begin(null);
      const target = drafts[current];
      if (target) target.isPython = true;
      continue;
    }
    if (noise.test(line)) continue;
    if (isRubyHead(line, draft)) {
      begin(line);
      continue;
    }
    if (draft.isPython ? !/^\s/.test(line) : draft.frames.length === 0) draft.head.push(line);
  }
  const errors = drafts
    .map(finish)
    .filter((error) => error.errorClass !== null || error.message !== '' || error.frames.length > 0);
  return printsRootFirst ? errors.toReversed() : errors;
}

/** A line, its pieces trimmed, of a trace that is cut in its middle when it is too long. */
function boundedLines(trace: string): string[] {
  const bounded =
    trace.length <= 2 * keptCharacters
      ? trace
      : `${trace.slice(0, keptCharacters)}\n${trace.slice(-keptCharacters).replace(/^[^\n]*\n/, '')}`;
  return bounded.split('\n').map((line) => line.trimEnd());
}

/** A quick look that spares most lines of a message the patterns of frames. */
function mayBeFrame(line: string): boolean {
  let start = 0;
  while (line.charCodeAt(start) === 0x20 || line.charCodeAt(start) === 0x09) start += 1;
  if (starts.some((word) => line.startsWith(word, start))) return true;
  return line.includes('.rb:') || line.includes(':in ') || (line.includes('@') && /:\d+:\d+$/.test(line));
}

const starts = ['at ', 'File "', '#', 'bei '];

function addFrame(draft: Draft, frame: TraceFrame, line: string): void {
  draft.frames.push(frame);
  if (line.trimStart().startsWith('File "')) draft.isPython = true;
  // Ruby's first line is both: `app.rb:12:in 'call': message (ErrorClass)`.
  const head = draft.frames.length === 1 ? rubyHead(line) : undefined;
  if (head !== undefined) draft.head.push(head);
}

function rubyHead(line: string): string | undefined {
  const match = /:in [`'‘].{1,200}?['’]: (.{1,1500}) \(([A-Z][\w:]{0,120})\)$/.exec(line);
  return match ? `${match[2]}: ${match[1]}` : undefined;
}

/** A second announcement after frames, without any word between: Ruby's causes. */
function isRubyHead(line: string, draft: Draft): boolean {
  return (
    draft.frames.length > 0 && !draft.isPython && draft.head.length > 0 && !/^\s/.test(line) && announcesError(line)
  );
}

function aDraft(head: string | null = null): Draft {
  return { head: head === null ? [] : [head], frames: [], isPython: false };
}

function finish({ head, frames, isPython }: Draft): ThrownError {
  // Node prints the source line before the error, Go what it recovered from: the first line that names a class begins the message.
  const announced = head.findIndex(announcesError);
  const said = readErrorHead(head.slice(Math.max(0, announced), Math.max(0, announced) + 12).join('\n'));
  const ordered = isPython ? frames.toReversed() : frames;
  return {
    errorClass: said.errorClass,
    message: said.message,
    frames: said.thrownAt ? [said.thrownAt, ...ordered] : ordered,
  };
}

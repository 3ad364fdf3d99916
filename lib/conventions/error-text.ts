/** What one line of error text says: `ValidationError: totalCents must be positive` names its class. */
export interface ErrorText {
  readonly errorClass: string | undefined;
  readonly errorMessage: string;
}

// A class name as languages print it before a colon: dotted or namespaced, ending in a word that says it is a failure.
const classBeforeMessage =
  /^(?:Uncaught |Exception in thread "[^"]{0,200}" )?((?:[A-Za-z_$][\w$]*[.:\\]{1,2})*[A-Za-z_$][\w$]*(?:Error|Exception|Failure|Fault|Timeout|Refused|Rejected|Violation|Mismatch|NotFound|Panic))(?:: ([\s\S]*))?$/;

export function readErrorText(text: string): ErrorText {
  const trimmed = text.trim();
  const match = classBeforeMessage.exec(trimmed.slice(0, 20_000));
  if (!match) return { errorClass: undefined, errorMessage: trimmed };
  return { errorClass: match[1], errorMessage: match[2]?.trim() ?? '' };
}

/**
 * The error that a Java trace is about: its first line, or, where that names one of these wrappers, the innermost `Caused by:`. Lines that the
 * end of the text may have cut off are not trusted.
 */
export function readJavaTrace(stackTrace: string, wrappers: ReadonlySet<string>): ErrorText | undefined {
  const text = stackTrace.slice(0, maxTraceCharacters);
  const end = text.indexOf('\n');
  if (end < 0 && text.trim() === '') return undefined;
  const first = readErrorText(end < 0 ? text : text.slice(0, Math.min(end, 4_000)));
  if (first.errorClass !== undefined && !wrappers.has(first.errorClass)) return first;
  return readJavaCause(text) ?? (first.errorClass === undefined ? undefined : first);
}

/** The innermost `Caused by:` of a Java trace: where the real error stands when frameworks wrap it. */
export function readJavaCause(stackTrace: string): ErrorText | undefined {
  const text = stackTrace.slice(0, maxTraceCharacters);
  const start = text.lastIndexOf('\nCaused by: ');
  const end = text.indexOf('\n', start + 1);
  if (start < 0 || end < 0) return undefined;
  const read = readErrorText(text.slice(start + '\nCaused by: '.length, Math.min(end, start + 4_000)));
  return read.errorClass === undefined ? undefined : read;
}

const maxTraceCharacters = 200_000;

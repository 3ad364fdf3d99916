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

/** The innermost `Caused by:` of a Java trace, or its first line: where the real error stands when frameworks wrap it. */
export function readJavaCause(stackTrace: string): ErrorText | undefined {
  let last: string | undefined;
  for (const match of stackTrace.slice(0, 200_000).matchAll(/^(?:Caused by: )(.{1,2000})$/gm)) last = match[1];
  const line = last ?? stackTrace.slice(0, 2_000).split('\n', 1)[0];
  if (line === undefined || line.trim() === '') return undefined;
  const read = readErrorText(line);
  return read.errorClass === undefined ? undefined : read;
}

import type { TraceFrame } from '#lib/stack-trace/frame-line.ts';
import { ownerOf } from '#lib/stack-trace/code-owner.ts';

/** What the lines that announce an error say. */
export interface ErrorHead {
  readonly errorClass: string | null;
  readonly message: string;
  /** The place where it was thrown, for runtimes that print it there (PHP). */
  readonly thrownAt: TraceFrame | null;
}

const announcement =
  /^(?:PHP Fatal error: {1,2}|Fatal error: )?(?:Uncaught (?:exception |\(in promise\) )?|Exception in thread "[^"]{0,200}" |Unhandled exception\. )?(?:\[object\] \()?/;
// Dotted, namespaced or with a word that says failure; Go's `*net.OpError`, Ruby's and Perl's `A::B`.
const className =
  /^(\*?(?:[A-Za-z_$][\w$]{0,120}(?:\.|::|\\{1,2}|\/)){0,14}[A-Za-z_$][\w$]{0,120})(?:\(code: -?\w{1,12}\)|\s?[[(][\w .:-]{1,40}[\])])?(?::\s|:?$)/;
const saysFailure =
  /(?:Error|Exception|Failure|Fault|Timeout|Refused|Rejected|Violation|Mismatch|NotFound|Panic|Interrupt|Exit|Exceeded|Invalid|Denied|Unavailable|Warning|Conflict|Throttled|Throwable|DoesNotExist|MultipleObjectsReturned|Closed|Expired|Retry|Abort(?:ed)?|Missing)\d{0,3}$/;
const phpPlace = / (?:in|at) (\S{1,400}\.php)(?::| on line )(\d{1,7})\)?$/;
const longestMessage = 2_000;

/** `com.shop.X: y`, `X: y`, `panic: y`, `PHP Fatal error: Uncaught X: y in file.php:3`. Without a class the whole text is the message. */
export function readErrorHead(text: string): ErrorHead {
  const bounded = text.slice(0, longestMessage).trim();
  const place = bounded.includes('.php') ? phpPlace.exec(bounded) : null;
  const prefix = announcement.exec(bounded)?.[0].length ?? 0;
  const said = bounded.slice(prefix, place ? place.index : undefined);
  const name = className.exec(said);
  const thrownAt = place ? placeOf(place[1] ?? '', Number(place[2])) : null;
  if (name?.[1] === undefined || !isErrorClass(name[1])) return { errorClass: null, message: said, thrownAt };
  return { errorClass: name[1], message: said.slice(name[0].length).trim(), thrownAt };
}

/** Whether a line begins with the name of an error. */
export function announcesError(line: string): boolean {
  return readErrorHead(line).errorClass !== null;
}

function isErrorClass(name: string): boolean {
  return name === 'panic' || saysFailure.test(name) || /[A-Za-z]\w*(?:\.|::|\\)[A-Z]\w*$/.test(name);
}

function placeOf(file: string, line: number): TraceFrame {
  return { function: null, file, line, kind: ownerOf(null, file) };
}

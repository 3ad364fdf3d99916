import { ownerOf } from '#lib/stack-trace/code-owner.ts';

export interface TraceFrame {
  /** As the runtime prints it, without arguments; `null` for code outside of any function. */
  readonly function: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly kind: 'yours' | 'library';
}

const longestLine = 1_000;
const javaSource =
  /^(?:[\w$.-]{1,200}\.(?:java|kt|scala|groovy|clj|aj)(?::\d{1,7})?|Native Method|Unknown Source|<generated>)$/;
// Logback's name of the jar, and the brace before the properties that Node prints of an error.
const tail = / (?:~?\[[^\]]{0,200}\]|\{)$/;
const dotNet = /^(.{1,500}?)\(.{0,500}?\) \S{2,6} (.{1,400}):\p{L}{2,10} (\d{1,7})\.?$/u;
const jsPlace = /^(.{1,500}?):(\d{1,7}):(\d{1,7})$/;
const browser = /^([^\s@]{0,200})@(\S{1,400}?):(\d{1,7}):\d{1,7}$/;
const python = /^File "([^"]{1,400})", line (\d{1,7})(?:, in (.{1,300}))?$/;
const ruby =
  /^(?:from )?((?:[A-Za-z]:)?[^\s:]{1,400}|<internal:[^>]{1,100}>):(\d{1,7})(?::in [`'‘"](.{1,200}?)['’"])?(?::? .*)?$/;
const php = /^#\d{1,5} (?:(\[internal function\])|(.{1,400}?)\((\d{1,7})\))(?:: (.{1,400}))?$/;
const goFile = /^(\/?\S{1,400}\.go):(\d{1,7})(?: \+0x[\da-f]{1,16})?$/;
const goFunction =
  /^(panic)\(.{0,600}$|^(?:created by )?((?:[\w.~-]{1,100}\/){0,12}[\w~-]{1,100}(?:\.[\w.~-]{1,120})?\.(?:\(\*?[\w.[\]]{1,100}\)\.)?[\w.[\]·-]{1,120})(?:\(.{0,600}\)?)?(?: in goroutine \d{1,12})?$/;

/** One line that names a place in code: of Java, Kotlin, JavaScript, .NET, Python, Ruby or PHP. `null` for every other line. */
export function readFrameLine(line: string): TraceFrame | null {
  if (line.length > longestLine) return null;
  const text = line.trim();
  switch (text.charCodeAt(0)) {
    case 0x61: // at
      if (text.startsWith('at ')) return readAt(text.slice(3).replace(tail, ''));
      break;
    case 0x62: // bei: .NET in German
      if (text.startsWith('bei ')) return readDotNet(text.slice(4));
      break;
    case 0x46: // File
      return readPython(text);
    case 0x23: // #0
      return readPhp(text);
  }
  return readBrowser(text) ?? readRuby(text);
}

/** Go prints a function and, on the next line, its place. */
export function readGoFrame(functionLine: string, fileLine: string): TraceFrame | null {
  const place = readGoFile(fileLine);
  const call = functionLine.length <= longestLine ? goFunction.exec(functionLine.trim()) : null;
  const name = call?.[1] ?? call?.[2];
  return place && name !== undefined ? { ...place, function: name, kind: ownerOf(null, place.file) } : null;
}

export function isGoFile(line: string): boolean {
  return line.includes('.go:') && readGoFile(line) !== null;
}

function readGoFile(line: string): TraceFrame | null {
  const match = line.length <= longestLine ? goFile.exec(line.trim()) : null;
  return match ? frame(undefined, match[1], match[2]) : null;
}

function readAt(text: string): TraceFrame | null {
  const spaced = text.endsWith(')') ? text.indexOf(' (') : -1;
  if (spaced > 0) {
    const read = readJavaScript(text.slice(0, spaced), text.slice(spaced + 2, -1));
    if (read) return read;
  }
  const open = text.endsWith(')') ? text.lastIndexOf('(') : -1;
  if (open > 0) {
    const inside = text.slice(open + 1, -1);
    const before = text.slice(0, open);
    if (javaSource.test(inside)) return readJava(before, inside);
    const bare = text.slice(0, text.indexOf('('));
    if (/^[\w.`<>[\]|+,]{1,400}$/.test(bare)) return frame(bare, undefined, undefined);
  }
  return readDotNet(text) ?? readJavaScript(undefined, text);
}

function readJava(name: string, inside: string): TraceFrame {
  // A module or class loader stands before the last slash, but a hidden class has a slash of its own.
  const lambda = name.indexOf('$$Lambda');
  const end = name.lastIndexOf('/', lambda < 0 ? undefined : lambda);
  const [file, line] = inside.split(':', 2);
  return frame(name.slice(end + 1), file, line);
}

function readDotNet(text: string): TraceFrame | null {
  const match = dotNet.exec(text);
  return match ? frame(match[1], match[2], match[3]) : null;
}

function readJavaScript(name: string | undefined, place: string): TraceFrame | null {
  const asynchronous = place.startsWith('async ') ? place.slice(6) : place;
  const match = jsPlace.exec(asynchronous);
  const shown = name?.replace(/^async /, '').replace(/ \[as [^\]]{1,100}\]$/, '');
  if (match) return frame(shown, match[1]?.replace(/^file:\/\//, ''), match[2]);
  if (name === undefined) return null;
  return /^(?:<anonymous>|native|index \d{1,7})$/.test(place) ? frame(shown, '<anonymous>', undefined) : null;
}

function readBrowser(text: string): TraceFrame | null {
  const match = text.includes('@') ? browser.exec(text) : null;
  return match ? frame(match[1] === '' ? undefined : match[1], match[2], match[3]) : null;
}

function readPython(text: string): TraceFrame | null {
  const match = python.exec(text);
  return match ? frame(match[3], match[1], match[2]) : null;
}

function readRuby(text: string): TraceFrame | null {
  if (!text.includes(':in ') && !text.includes('.rb:')) return null;
  const match = ruby.exec(text);
  return match ? frame(match[3], match[1], match[2]) : null;
}

function readPhp(text: string): TraceFrame | null {
  const match = php.exec(text);
  if (!match) return null;
  const call = match[4];
  const arguments_ = call?.indexOf('(') ?? -1;
  return frame(call === undefined || arguments_ < 0 ? call : call.slice(0, arguments_), match[1] ?? match[2], match[3]);
}

function frame(name: string | undefined, file: string | undefined, line: string | undefined): TraceFrame {
  const named = { function: name ?? null, file: file ?? null };
  return { ...named, line: line === undefined ? null : Number(line), kind: ownerOf(named.function, named.file) };
}

import { createInterface } from 'node:readline';
import type { Worker } from 'node:worker_threads';
import { openingWords } from '#server/log/capture-console.ts';
import type { LogFields, Say } from '#server/log/log.ts';

/** For a `Worker` whose prints become lines: its output is not passed on as it is. */
export const captured = { stdout: true, stderr: true } as const;

/**
 * What libraries and Node itself print in a thread that was started with `captured` becomes lines of the log: raw text between them is what no reader of JSON
 * lines understands. Of each line there are the words before it quotes something, and the same is said once.
 */
export function sayPrints(worker: Worker, thread: NonNullable<LogFields['thread']>, say: Say): void {
  const once = createOnce();
  const listen = (stream: NodeJS.ReadableStream, isTrouble: boolean) =>
    createInterface({ input: stream }).on('line', (line) => {
      const { said, code } = wordsOf(line);
      if (said !== '' && once(said)) say(`printed: ${said}`, { thread, ...(isTrouble && { code }) });
    });
  listen(worker.stdout, false);
  listen(worker.stderr, true);
}

/** Warnings of Node in this thread, such as of a timer in the past, which it would print as they are. Answers what ends it. */
export function sayWarnings(say: Say): () => void {
  const once = createOnce();
  const before = process.listeners('warning');
  const listener = ({ name, message }: Error) => {
    const said = `${name}: ${openingWords([message])}`;
    if (once(said)) say(said, { code: name });
  };
  process.removeAllListeners('warning').on('warning', listener);
  return () => {
    process.off('warning', listener);
    for (const each of before) process.on('warning', each);
  };
}

const warning = /^\(node:\d+\) (?:\[\w+\] )?(\w*Warning): (.*)$/;

function wordsOf(line: string): { readonly said: string; readonly code: string } {
  const [, name, message] = warning.exec(line) ?? [];
  // How to see more is for who sits at a terminal.
  if (line.startsWith('(Use `node --trace')) return { said: '', code: 'printed' };
  if (name === undefined) return { said: openingWords([line]), code: 'printed' };
  return { said: `${name}: ${openingWords([message])}`, code: name };
}

const differentMax = 1_000;

/** Texts that differ in their numbers alone are the same. */
function createOnce(): (text: string) => boolean {
  const said = new Set<string>();
  return (text) => {
    const key = text.replaceAll(/\d+/g, '0');
    if (said.has(key) || said.size >= differentMax) return false;
    said.add(key);
    return true;
  };
}

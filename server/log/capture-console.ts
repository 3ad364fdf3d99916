import { format, stripVTControlCharacters } from 'node:util';
import { describeError, type Log, type LogFields } from '#server/log/log.ts';

/**
 * What libraries in this thread print becomes lines of the log: Next tells of a page that failed by `console.error`, with an error that may quote
 * anything. Errors are described as everywhere, and of a text there are the words before it quotes something. Answers what ends it.
 */
export function captureConsole(log: Log): () => void {
  const kept = { debug: console.debug, log: console.log, info: console.info, warn: console.warn, error: console.error };
  const to =
    (write: Log['info']) =>
    (...args: readonly unknown[]) => {
      const error = args.find((arg) => arg instanceof Error);
      const { message, ...about } = error ? describeError(error) : { message: '' };
      const fields: LogFields = { thread: 'next', ...about };
      const said = [openingWords(args.filter((arg) => arg !== error)), message].filter((part) => part !== '').join(' ');
      if (said !== '') write(said, fields);
    };
  Object.assign(console, {
    debug: to(log.debug),
    log: to(log.info),
    info: to(log.info),
    warn: to(log.warn),
    error: to(log.error),
  });
  return () => void Object.assign(console, kept);
}

/** Objects are named, not printed: nobody knows what is in them. */
export function openingWords(args: readonly unknown[]): string {
  const named = args.map((arg) => (typeof arg === 'object' && arg !== null ? `<${arg.constructor?.name}>` : arg));
  // Colours are for a terminal, and their signs hold a bracket.
  return (/^[^:{["'`=]*/.exec(stripVTControlCharacters(format(...named)))?.[0] ?? '').trim();
}

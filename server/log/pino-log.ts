import { pino, type DestinationStream } from 'pino';
import type { Log, LogFields, LogLevel } from '#server/log/log.ts';
import { toPretty } from '#server/log/pretty.ts';
import type { Scrub } from '#server/log/scrub.ts';

export interface LogSettings {
  readonly level: LogLevel;
  /** `pretty` is for people at a terminal, `json` is one object a line. */
  readonly format: 'json' | 'pretty';
  readonly to: 'stdout' | 'stderr';
}

/** The log of the process. Every text goes through `scrub`, whatever it is. `destination` is where lines go instead of the process's own output. */
export function createLog(settings: LogSettings, scrub: Scrub, destination?: DestinationStream): Log {
  const out = destination ?? processOutput(settings.to);
  const logger = pino(
    {
      level: settings.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    settings.format === 'pretty' ? { write: (line: string) => out.write(toPretty(line)) } : out,
  );
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}) => {
      if (logger.isLevelEnabled(level)) logger[level](scrubbed(fields, scrub), '%s', scrub(message));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function scrubbed(fields: LogFields, scrub: Scrub): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      // A stack has a line for each place; it is one field of one object all the same.
      typeof value === 'string' ? (name === 'stack' ? value.split('\n').map(scrub) : scrub(value)) : value,
    ]),
  );
}

/** Synchronous, so that what was said last before an end is there. */
function processOutput(to: LogSettings['to']): DestinationStream {
  const out = pino.destination({ dest: to === 'stdout' ? 1 : 2, sync: true });
  // Whoever read it is gone: that is no reason to end.
  out.on('error', () => {});
  return out;
}

import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { captureConsole } from '#server/log/capture-console.ts';
import { failed, type LogFields } from '#server/log/log.ts';
import { createLog, type LogSettings } from '#server/log/pino-log.ts';
import { createScrub } from '#server/log/scrub.ts';

const password = 'hunter2/& "quoted"';
const payload = '{"card":"4111111111111111","note":"the payload of an order"}';

function aLog(settings: Partial<LogSettings> = {}, secrets: readonly string[] = [password]) {
  const lines: string[] = [];
  const masking = createMasking({ fields: ['card'], headers: [], patterns: ['email'], keys: false });
  const log = createLog(
    { level: 'debug', format: 'json', to: 'stdout', ...settings },
    createScrub(secrets, (text) => masking.text(text)),
    { write: (line) => void lines.push(line) },
  );
  return { log, lines, parsed: () => lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

/** Errors as libraries throw them, with what they should have kept to themselves. */
function hostileErrors(): readonly unknown[] {
  const json = (() => {
    try {
      JSON.parse(payload.slice(0, -2));
    } catch (error) {
      return error;
    }
    return null;
  })();
  const multiline = new TypeError(`first line\n    at ${payload} (file:///x.ts:1:1)`);
  return [
    json,
    multiline,
    new Error(payload),
    new Error(`connect ECONNREFUSED amqp://user:${encodeURIComponent(password)}@rabbit:5672`),
    Object.assign(new Error(payload), { code: payload, name: payload }),
    new AppError('internal', `The database failed: ${payload}`, { cause: new Error(payload) }),
    new AppError('unauthenticated', `SASL refused user reader with password=${password}`),
    new AppError('unreachable', `Nothing answers at https://u:${password}@registry/subjects`),
    new AppError('forbidden', `Authorization: Bearer abcdefghijklmnop was refused for ${password}`),
    new AppError('rejected', `ada@example.org sent {"card":"4111111111111111"}`),
    payload,
    { payload, password },
    null,
  ];
}

const secrets = ['hunter2', '4111111111111111', 'payload of an order', 'abcdefghijklmnop', 'ada@example.org', 'u:'];

describe('no line of the log', () => {
  it.each([{ format: 'json' as const }, { format: 'pretty' as const }])(
    'has a secret or a payload of an error in it ($format)',
    ({ format }) => {
      const { log, lines } = aLog({ format });
      for (const error of hostileErrors()) {
        log.error(...failed('sync of orders', error, { connection: 'orders', queueId: `orders/${password}` }));
      }
      expect(lines).toHaveLength(hostileErrors().length);
      for (const line of lines) for (const secret of secrets) expect(line).not.toContain(secret);
      expect(lines.join('')).toContain('sync of orders');
      expect(lines.join('')).toContain('unauthenticated');
    },
  );

  it('has it by what a library prints', () => {
    const { log, lines } = aLog();
    const end = captureConsole(log);
    try {
      for (const error of hostileErrors()) console.error(' ⨯', error);
      console.warn(`https://u:${password}@registry is slow`, { payload });
      console.log('\u001b[32m✓\u001b[0m Compiled in %d ms', 12);
    } finally {
      end();
    }
    expect(lines.join('')).toContain('"✓ Compiled in 12 ms"');
    for (const line of lines) for (const secret of secrets) expect(line).not.toContain(secret);
  });

  it('has a secret of the configuration, whatever stands around it', () => {
    const secret = fc.string({ minLength: 4, maxLength: 40, unit: 'grapheme' }).filter((text) => /\S{4}/.test(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (text, before, after) => {
        const { log, lines } = aLog({}, [text]);
        log.info(`${before}${text}${after}`, { connection: text });
        const [{ msg, connection } = { msg: '', connection: '' }] = lines.map((line): Record<string, string> =>
          JSON.parse(line),
        );
        expect(connection).toBe('[secret]');
        expect('[secret]'.includes(text) || !String(msg).replaceAll('[secret]', '\u0000').includes(text)).toBe(true);
      }),
    );
  });

  it('can be forged by a name', () => {
    const { log, lines } = aLog({ format: 'pretty' });
    log.warn('sync of x\nerror: all is lost \u001b[2J\u202e', { queueId: 'a\r\nb' });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).toBe('warn: sync of x error: all is lost \\u001b[2J\\u202e  queueId=a  b');
  });

  it('is endless', () => {
    const { log, lines } = aLog();
    log.info('x'.repeat(10_000));
    log.info('x'.repeat(1_000_000));
    for (const line of lines) expect(line.length).toBeLessThan(3_000);
  });
});

describe('a line of the log', () => {
  it('is one object with time, level, message and what it is about', () => {
    const { log, parsed } = aLog();
    const about: LogFields = { connection: 'orders', queueId: 'orders/a.dlq', replayId: 'r1' };
    log.warn(...failed('replay 7', new AppError('timed_out', 'No answer came.'), about));
    expect(parsed()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        ...about,
        code: 'timed_out',
        msg: 'replay 7: No answer came.',
      },
    ]);
  });

  it('of a defect says what kind and where, and not what', () => {
    const { log, parsed } = aLog();
    log.error(...failed('engine', new RangeError(payload)));
    const [line] = parsed();
    expect(line).toMatchObject({ code: 'internal', msg: 'engine: a defect of the console (RangeError)' });
    expect(String(line?.['stack'])).toContain('log.test.ts');
  });

  it('is written from its level on', () => {
    const { log, lines } = aLog({ level: 'warn' });
    log.debug('a');
    log.info('b');
    log.warn('c');
    expect(lines).toHaveLength(1);
    const silent = aLog({ level: 'silent' });
    silent.log.error('d');
    expect(silent.lines).toEqual([]);
  });

  it('is a sentence for people at a terminal', () => {
    const { log, lines } = aLog({ format: 'pretty' });
    log.info('Redeliver is at http://127.0.0.1:3000');
    expect(lines).toEqual(['Redeliver is at http://127.0.0.1:3000\n']);
  });
});

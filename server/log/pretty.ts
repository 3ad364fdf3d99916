import { z } from 'zod';

const line = z.looseObject({ level: z.string(), msg: z.string() });

/** For people who started it: the sentence alone, and with what went wrong its level, code and place. */
export function toPretty(json: string): string {
  const parsed = line.safeParse(JSON.parse(json));
  if (!parsed.success) return json;
  const { level, msg, time: _, stack, ...fields } = parsed.data;
  const about = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const places = Array.isArray(stack) ? stack.map((place) => `\n${String(place)}`).join('') : '';
  if (level === 'info') return `${msg}\n`;
  return `${[`${level}: ${msg}`, ...about].join('  ')}${places}\n`;
}

/** Decoders of instants into epoch milliseconds. A text that does not say its zone is no instant, unless its convention fixes one. */

/** Milliseconds since 1970 as decimal digits. */
export function epochMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,16}$/.test(text) ? safe(Number(text)) : undefined;
}

const zoned = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,:](\d{1,9}))? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/;

/** ISO 8601 with its zone, as it is written by .NET, Java, JavaScript, PHP, Ruby (`2026-11-22 03:31:07 +0000`) and NServiceBus (`03:31:07:123456 Z`). */
export function isoInstant(text: string | undefined): number | undefined {
  const match = text === undefined || text.length > 64 ? null : zoned.exec(text.trim());
  if (!match) return undefined;
  const [, day = '', time = '', fraction = '', zone = 'Z'] = match;
  const offset = zone.startsWith('+') || zone.startsWith('-') ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
  const seconds = time.length === 5 ? `${time}:00` : time;
  return safe(Date.parse(`${day}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`));
}

/** Milliseconds as digits, or ISO 8601 with its zone: for names that several libraries write, each in its own way. */
export function anyInstant(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{12,14}$/.test(text) ? epochMs(text) : isoInstant(text);
}

function safe(at: number): number | undefined {
  return Number.isSafeInteger(at) && at >= 0 ? at : undefined;
}

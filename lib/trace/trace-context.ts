/** Where in which trace something happened, as W3C Trace Context (level 2) carries it from one service to the next. */
export interface TraceContext {
  /** 32 hex digits in lower case, not all zero. */
  readonly traceId: string;
  /** 16 hex digits in lower case, not all zero. */
  readonly spanId: string;
  /** Bits: `sampledFlag`, `randomFlag`; no others. */
  readonly flags: number;
  /** What the vendors on the way have noted, as it is sent on; `null` where there is nothing, or it is not valid. */
  readonly tracestate: string | null;
}

/** The caller may have recorded its span. */
export const sampledFlag = 1;

/** The trace id was chosen at random. */
export const randomFlag = 2;

/** 2 + 32 + 16 + 2 digits and the dashes between. */
const traceparentCharacters = 55;

/**
 * Both headers as they were received, which anyone may have written. `null` where `traceparent` is none: then `tracestate` counts for nothing, either.
 * https://www.w3.org/TR/trace-context-2/#traceparent-header
 */
export function parseTraceContext(
  traceparent: string | null | undefined,
  tracestate?: string | null,
): TraceContext | null {
  const text = traceparent ?? '';
  const [, version, traceId, spanId, flags] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/.exec(text.slice(0, traceparentCharacters)) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === 'ff' || isZero(traceId) || isZero(spanId)) return null;
  // A version that is not known yet may have more, behind a dash; of this one that is all.
  if (text.length > traceparentCharacters && (version === '00' || text[traceparentCharacters] !== '-')) return null;
  return {
    traceId,
    spanId,
    flags: Number.parseInt(flags, 16) & (sampledFlag | randomFlag),
    tracestate: parseTracestate(tracestate),
  };
}

export function traceparentOf({ traceId, spanId, flags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

export function isSampled({ flags }: Pick<TraceContext, 'flags'>): boolean {
  return (flags & sampledFlag) !== 0;
}

/** Zeros alone are the invalid id in every notation. */
export function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

const membersMax = 32;

/** Whoever writes more than this is not read: vendors have to pass on 512 characters, and no more. */
const tracestateCharactersMax = 8_192;

/** The members of a list, without what is empty; `null` where one of them is wrong, because then none of them counts. */
function parseTracestate(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > tracestateCharactersMax) return null;
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > membersMax) return null;
  const keys = new Set<string>();
  for (const member of members) {
    const [, key] = /^([a-z\d][a-z\d_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/.exec(member) ?? [];
    if (key === undefined || keys.has(key)) return null;
    keys.add(key);
  }
  return members.join(',');
}

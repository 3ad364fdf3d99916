import type { Receiver } from '#server/config/alert-settings.ts';
import { secretsOf } from '#server/config/describe-config.ts';

/** Shorter ones are words of any address. */
const segmentLeast = 5;

/**
 * What must not be kept of a receiver's answer, the longest first: its secrets, and of an address that is one its parts too, as servers quote paths
 * (`Cannot POST /services/…`).
 */
export function answerSecrets(receiver: Receiver): readonly string[] {
  const parts = 'secretUrl' in receiver && URL.canParse(receiver.secretUrl) ? partsOf(new URL(receiver.secretUrl)) : [];
  const all = [...secretsOf(receiver), ...parts].flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set(all)].toSorted((a, b) => b.length - a.length);
}

function partsOf({ pathname, search, searchParams }: URL): readonly string[] {
  const segments = [...pathname.split('/'), ...searchParams.values()].filter(({ length }) => length >= segmentLeast);
  const path = pathname === '/' ? [] : [pathname, `${pathname}${search}`];
  return [...path, ...segments, ...(search === '' ? [] : [search])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

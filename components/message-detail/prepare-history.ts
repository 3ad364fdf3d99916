import type { MessageDetail } from '#lib/api/messages.ts';
import { originalTimeHeader } from '#lib/conventions/replay-headers.ts';
import { isCertain, type ReturnSign } from '#lib/domain/item-return.ts';
import { signWords } from '#lib/replay/returns.ts';

/** How a replay is spoken of by what is known of its send: only what a broker confirmed was replayed. */
export function replayedWords(outcome: string): string {
  switch (outcome) {
    case 'sent':
    case 'settled':
      return 'Replayed';
    case 'failed':
      return 'Replay tried';
    case 'intended':
      return 'Being replayed';
    default:
      return 'Perhaps replayed';
  }
}

/** The end of a sentence about a return; `null` is one whose error nobody compared. What is only likely says so. */
export function returnWords(sameError: boolean | null, by: ReturnSign): string {
  const back = isCertain(by) ? 'came back' : 'probably came back';
  const error =
    sameError === null
      ? '; its error was not compared'
      : sameError
        ? ' with the same error'
        : ' with a different error';
  return isCertain(by) ? `${back}${error}` : `${back}${error} (${signWords[by]})`;
}

/** Whose time `originalAt` is. A body's own timestamp, a record's and the time of a first send may lie far apart, and none is the others. */
export function producedWords({
  kind,
  conventions,
  headers,
}: Pick<MessageDetail, 'kind' | 'conventions'> & { readonly headers: readonly { readonly name: string }[] }): {
  readonly label: string;
  readonly event: string;
} {
  if (headers.some(({ name }) => name.toLowerCase() === originalTimeHeader))
    return { label: 'first sent', event: 'First sent, as a replay kept it' };
  if (!conventions.some(({ fields }) => fields.includes('produced at')))
    return { label: 'own timestamp', event: 'Made, by its own timestamp' };
  return kind === 'kafka'
    ? { label: 'record’s time', event: 'First sent, by the time of its record' }
    : { label: 'first sent', event: 'First sent' };
}

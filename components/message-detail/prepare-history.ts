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

/** The end of a sentence about a return; `null` is one whose error nobody compared. */
export function returnWords(sameError: boolean | null): string {
  if (sameError === null) return 'came back; its error was not compared';
  return sameError ? 'came back with the same error' : 'came back with a different error';
}

/**
 * The one meaning of "ignoring case" in a filter. The store folds what it indexes and `evaluate` folds what it compares with this
 * function, so that both find the same messages on every database. Lone surrogates and NUL become U+FFFD, as they do in a database;
 * Greek's final sigma is levelled, because lower-casing picks it by what follows and a substring may end elsewhere.
 */
export function fold(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd').toLowerCase().replaceAll('ς', 'σ');
}

/** Whether `needle` stands anywhere in `text`, ignoring case. */
export function contains(text: string, needle: string): boolean {
  return fold(text).includes(fold(needle));
}

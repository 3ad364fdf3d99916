/** Where a command writes; `terminal.ts` is the real one. */
export interface Output {
  /** One or more lines of the answer. */
  write(text: string): void;
  /** A piece of a file, to the letter; settles when there is room for the next. */
  pass(piece: string): Promise<void>;
  /** How far something is: one line, which on a terminal takes the place of the one before. */
  progress(line: string): void;
  /** What is not the answer: how far a search has looked. */
  note(text: string): void;
  /** Asks whoever sits at the terminal; `null` where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Of the terminal; what is read by a program is never cut. */
  readonly width: number;
}

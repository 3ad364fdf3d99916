/** A word that may be a value, and what stands before it. */
export interface ValueCandidate {
  readonly text: string;
  readonly word: string;
  readonly start: number;
  /** The word before, and the one before that. Empty where there is none. */
  readonly previous: string;
  readonly previousEnd: number;
  readonly earlier: string;
  readonly earlierEnd: number;
}

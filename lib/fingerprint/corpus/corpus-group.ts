/** Dead letters that a person would call one problem, and so one fingerprint; those of two groups are two problems. */
export interface CorpusGroup {
  readonly group: string;
  readonly errors: readonly CorpusError[];
}

/** A text, as `dlq-error` holds it; class and message, as frameworks write them; or with a trace. */
export type CorpusError =
  | string
  | readonly [errorClass: string, errorMessage: string]
  | { readonly errorClass?: string; readonly errorMessage?: string; readonly stackTrace: string };

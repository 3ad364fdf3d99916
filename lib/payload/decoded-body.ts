/**
 * What the decoders have made of a body for the search, beside the body itself. Absent where the body is all there is to look into: plain JSON, or
 * nothing with fields.
 */
export interface DecodedBody {
  /** JSON as the message page shows it, masked by the same rules; several where an envelope was opened or a text within JSON is JSON. */
  readonly documents: readonly Uint8Array[];
  readonly missing: MissingPayload | null;
}

/**
 * Why a body may hold fields that the documents have not: its `schema` was not to be had, it is beyond a `limit` of size, there was not the `time` to
 * decode it, or it is damaged and so `unreadable`.
 */
export type MissingPayload = 'schema' | 'limit' | 'time' | 'unreadable';

/** Whether what is missing may be there later: these are tried again. */
export function mayComeLater(missing: MissingPayload | null | undefined): boolean {
  return missing === 'schema' || missing === 'time';
}

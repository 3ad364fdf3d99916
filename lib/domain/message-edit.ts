/** What a replay changes in each of its messages before it sends them; the originals are settled as those of any replay. */
export interface MessageEdit {
  readonly body: BodyEdit | null;
  /** Made in their order. */
  readonly headers: readonly HeaderEdit[];
  /** Kafka's record key, of a single message; absent: stays. */
  readonly key?: { readonly kind: 'text'; readonly text: string } | { readonly kind: 'none' } | undefined;
}

export type BodyEdit =
  /**
   * RFC 6902, over the JSON that the body is, or that its schema makes of it. As text no number loses a digit; a list has been through a JSON
   * parser, and is refused where one has.
   */
  | { readonly kind: 'patch'; readonly operations: string | readonly unknown[] }
  /** For a single message. `text` in place of what the editor shows: it is written back as the body was (schema, compression, base64). */
  | { readonly kind: 'replace'; readonly text: string }
  /** For a single message: the bytes as they are sent. */
  | { readonly kind: 'replace'; readonly base64: string };

export type HeaderEdit =
  /** In place of all of that name, with the type that the first of them has; a new one is text. */
  | { readonly change: 'set'; readonly name: string; readonly value: string }
  | { readonly change: 'remove'; readonly name: string };

/** Why a message is not edited; nothing of its content is in it. */
export interface EditProblem {
  /** A sentence's end: `operation 2 (replace /customer/zip): nothing is there`. */
  readonly text: string;
  /** Of a patch, from 1. */
  readonly operation: number | null;
  readonly path: string | null;
}

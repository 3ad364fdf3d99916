import type { PayloadSchema } from '#lib/api/messages.ts';
import type { Header } from '#lib/domain/message.ts';
import type { MissingPayload } from '#lib/payload/decoded-body.ts';
import type { Shown } from '#lib/payload/show-payload.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';

/** One key or value of a message, as the broker holds it. Plain data: it passes to the decoding thread as it is. */
export interface PayloadSource {
  readonly part: 'key' | 'value';
  readonly bytes: Uint8Array | null;
  readonly headers: readonly Header[];
  readonly properties: readonly Header[];
}

/** A schema of the registry with all that it refers to. */
export interface RegisteredSchema {
  readonly type: PayloadSchema['type'];
  readonly text: string;
  readonly subject: string | null;
  readonly version: number | null;
  /** Those it imports, innermost first, under the names by which they are imported. */
  readonly references: readonly { readonly name: string; readonly text: string }[];
}

export type SchemaAnswer =
  | { readonly kind: 'found'; readonly schema: RegisteredSchema }
  /** `note` is a sentence for people: not configured, unknown there, not reachable. `unasked` where it is the last: the registry may well have it. */
  | { readonly kind: 'missing'; readonly note: string; readonly unasked?: true };

/** `undefined` where the registry has not been asked yet. */
export type SchemaLookup = (reference: SchemaReference) => SchemaAnswer | undefined;

/** What a decoder is given: what the ones before it left. */
export interface Stage extends PayloadSource {
  readonly bytes: Uint8Array;
  readonly lookup: SchemaLookup;
}

export type Attempt =
  /** `missing`: the payload holds more than what the chain makes of it. */
  | { readonly outcome: 'declined' | 'failed'; readonly note: string; readonly missing?: MissingPayload }
  /** Other bytes than before; the decoders after this one go on with them. */
  | {
      readonly outcome: 'applied';
      readonly note: string;
      readonly label: string;
      readonly next: Uint8Array;
      readonly schema?: PayloadSchema;
      /** The compressions that were undone, the outermost first. */
      readonly codecs?: readonly string[];
    }
  /** The end of the chain. `document` is the parsed JSON, for the envelopes. */
  | {
      readonly outcome: 'applied';
      readonly note: string;
      readonly label: string;
      readonly shown: Shown;
      readonly document?: unknown;
      readonly schema?: PayloadSchema;
    }
  /** The chain is asked again when the registry has answered. */
  | { readonly outcome: 'needs'; readonly reference: SchemaReference };

export interface Decoder {
  readonly name: string;
  /** Bounded in memory and time by the size of the bytes; whatever it throws is taken for `failed`. */
  decode(stage: Stage): Attempt;
}

/** Who reports that the chain itself did not come to its end. */
export const chainName = 'the chain';

/** Structured formats of more than this are not taken apart: their beginning is shown as text or hex. */
export const decodedBytesMax = 4 * 1024 * 1024;

export function declined(note: string): Attempt {
  return { outcome: 'declined', note };
}

export function failed(note: string): Attempt {
  return { outcome: 'failed', note };
}

/** Failed, although what it is is known. */
export function beyondReach(missing: MissingPayload, note: string): Attempt {
  return { outcome: 'failed', note, missing };
}

/** A library's words about hostile bytes, short and on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

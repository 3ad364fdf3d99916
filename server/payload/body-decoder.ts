import type { RawMessage } from '#lib/domain/message.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';

/** Looks into bodies for the search, as they arrive. */
export interface BodyDecoder {
  /**
   * What a filter sees of each body besides the body itself; `null` where that is nothing for any of them. It never rejects: what cannot be decoded is
   * said to be missing. `connection` says whose schema registry is asked.
   */
  decode(connection: string, messages: readonly RawMessage[]): Promise<DecodedBodies> | null;
  close(): Promise<void>;
}

/** In the order of the messages. */
export type DecodedBodies = readonly (DecodedBody | undefined)[];

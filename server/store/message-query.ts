import type { MessageOrder } from '#lib/domain/message-order.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';

export interface MessageQuery {
  readonly filter: Filter;
  readonly range: TimeRange;
  readonly cursor: string | null;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Default newest. */
  readonly order?: MessageOrder;
  /** Default 50,000 messages and 250 ms. */
  readonly effort?: Effort;
}

/** Where a search ends, whichever comes first. It always goes on by at least one message. */
export interface Effort {
  /** Messages of which each has to be looked at. */
  readonly examinedMax: number;
  readonly timeMsMax: number;
}

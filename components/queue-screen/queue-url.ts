import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { messageOrders } from '#lib/domain/message-order.ts';

/** What the broker still holds. It stands in the bar like any other filter, so that nothing is hidden unsaid; emptied, it shows what is gone too. */
export const startFilter = '-state:gone';

/** What of a queue's page stands in its address. */
export const queueUrl = {
  filter: parseAsString.withDefault(startFilter),
  range: parseAsString.withDefault('all'),
  order: parseAsStringLiteral(messageOrders).withDefault('newest'),
  /** The message that is open beside the table. */
  message: parseAsString,
};

export const loadQueueUrl = createLoader(queueUrl);

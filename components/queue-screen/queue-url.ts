import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';

/** What of a queue's page stands in its address. */
export const queueUrl = {
  filter: parseAsString.withDefault(''),
  range: parseAsString.withDefault('all'),
  order: parseAsStringLiteral(['newest', 'oldest'] as const).withDefault('newest'),
  /** The message that is open beside the table. */
  message: parseAsString,
};

export const loadQueueUrl = createLoader(queueUrl);

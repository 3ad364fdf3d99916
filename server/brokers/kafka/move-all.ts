import { withoutMoveAll } from '#server/brokers/move-all.ts';

export const kafkaMoveAll = withoutMoveAll(
  'none',
  'Kafka has no means to move records from one topic to another, and nothing can be removed from a topic. Replay all of them instead: a replay copies them, in order and with its account.',
);

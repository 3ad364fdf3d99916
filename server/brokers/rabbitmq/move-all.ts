import { withoutMoveAll } from '#server/brokers/move-all.ts';

export const rabbitmqMoveAll = withoutMoveAll(
  'shovel',
  'RabbitMQ moves whole queues by its shovel plugin, which this console does not drive: a shovel sends everything to one place, wherever each message came from. Replay all of them instead, or set up a shovel in RabbitMQ.',
);

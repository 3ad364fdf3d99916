import { describeRabbitMq } from '#server/brokers/rabbitmq/rabbitmq-server-clauses.ts';

await describeRabbitMq('TEST_RABBITMQ');

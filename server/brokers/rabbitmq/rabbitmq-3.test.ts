import { describeRabbitMq } from '#server/brokers/rabbitmq/rabbitmq-suites.ts';

await describeRabbitMq('TEST_RABBITMQ');

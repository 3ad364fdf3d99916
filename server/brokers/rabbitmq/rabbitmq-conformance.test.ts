import { createRabbitMqHarness } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';

describeConformance(await createRabbitMqHarness({ env: 'TEST_RABBITMQ' }));

// RabbitMQ 4 is there on Debian as root only.
if (process.env['TEST_RABBITMQ4_URL'] !== undefined)
  describeConformance(await createRabbitMqHarness({ env: 'TEST_RABBITMQ4' }));

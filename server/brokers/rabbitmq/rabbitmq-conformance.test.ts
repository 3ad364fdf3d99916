import { createRabbitMqHarness, type RabbitMqHarnessOptions } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { describeRabbitMqClauses } from '#server/brokers/rabbitmq/rabbitmq-clauses.ts';
import { describeRabbitMqHolding } from '#server/brokers/rabbitmq/rabbitmq-holding-clauses.ts';
import { describeRabbitMqStreams } from '#server/brokers/rabbitmq/rabbitmq-stream-clauses.ts';
import { describeRabbitMqTopologies } from '#server/brokers/rabbitmq/rabbitmq-topology-clauses.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';

await describeServer('TEST_RABBITMQ');

// RabbitMQ 4 is there on Debian as root only.
if (process.env['TEST_RABBITMQ4_URL'] !== undefined) await describeServer('TEST_RABBITMQ4');

async function describeServer(env: RabbitMqHarnessOptions['env']): Promise<void> {
  const harness = await createRabbitMqHarness({ env });
  describeRabbitMqClauses(harness);
  describeRabbitMqHolding(harness);
  describeRabbitMqStreams(harness);
  describeRabbitMqTopologies(harness);
  // Closes the harness at its end.
  describeConformance(harness);
}

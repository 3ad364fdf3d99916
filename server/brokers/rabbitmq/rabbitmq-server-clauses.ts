import { createRabbitMqHarness, type RabbitMqHarnessOptions } from '#server/brokers/rabbitmq/rabbitmq-harness.ts';
import { describeRabbitMqClauses } from '#server/brokers/rabbitmq/rabbitmq-clauses.ts';
import { describeRabbitMqHolding } from '#server/brokers/rabbitmq/rabbitmq-holding-clauses.ts';
import { describeRabbitMqLag } from '#server/brokers/rabbitmq/rabbitmq-lag-clauses.ts';
import { describeRabbitMqStreams } from '#server/brokers/rabbitmq/rabbitmq-stream-clauses.ts';
import { describeRabbitMqTopologies } from '#server/brokers/rabbitmq/rabbitmq-topology-clauses.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';

/** Everything that the driver promises, on the server that the variables `{env}_…` point at. Each server has a test file, so that they are asked side by side. */
export async function describeRabbitMq(env: RabbitMqHarnessOptions['env']): Promise<void> {
  const harness = await createRabbitMqHarness({ env });
  describeRabbitMqClauses(harness);
  describeRabbitMqHolding(harness);
  describeRabbitMqStreams(harness);
  describeRabbitMqTopologies(harness);
  describeRabbitMqLag(harness);
  // Closes the harness at its end.
  describeConformance(harness);
}

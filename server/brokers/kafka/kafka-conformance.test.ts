import { createKafkaHarness } from '#server/brokers/kafka/kafka-harness.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';

describeConformance(await createKafkaHarness('kafka 4.3'));

import type { SqsHarness } from '#server/brokers/sqs/sqs-harness.ts';
export function describeSqsClauses(_h: SqsHarness): void {}

import type { Convention } from '#lib/conventions/convention.ts';
import { ownDlq } from '#lib/conventions/own-dlq.ts';
import { springKafka } from '#lib/conventions/spring-kafka.ts';
import { sqsRedrive } from '#lib/conventions/sqs-redrive.ts';
import { xDeath } from '#lib/conventions/x-death.ts';

/** In this order: what an application wrote on purpose comes before what a broker adds by itself. The first that says a field wins. */
export const conventionChain: readonly Convention[] = [ownDlq, springKafka, xDeath, sqsRedrive];

export function isFailureHeader(name: string): boolean {
  return conventionChain.some((convention) => convention.owns(name));
}

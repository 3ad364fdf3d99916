import type { Convention } from '#lib/conventions/convention.ts';
import type { HeaderIndex } from '#lib/conventions/header-index.ts';
import { awsEventBridge } from '#lib/conventions/aws-eventbridge.ts';
import { awsLambda } from '#lib/conventions/aws-lambda.ts';
import { awsScheduler } from '#lib/conventions/aws-scheduler.ts';
import { awsSns } from '#lib/conventions/aws-sns.ts';
import { azureServiceBus } from '#lib/conventions/azure-service-bus.ts';
import { celery } from '#lib/conventions/celery.ts';
import { communityAliases } from '#lib/conventions/community-aliases.ts';
import { createConfiguredConvention, type ConventionSettings } from '#lib/conventions/configured.ts';
import { dramatiq } from '#lib/conventions/dramatiq.ts';
import { failureInBody } from '#lib/conventions/failure-in-body.ts';
import { googlePubsub } from '#lib/conventions/google-pubsub.ts';
import { kafkaConnect } from '#lib/conventions/kafka-connect.ts';
import { kafkaStreams } from '#lib/conventions/kafka-streams.ts';
import { karafka } from '#lib/conventions/karafka.ts';
import { massTransit } from '#lib/conventions/masstransit.ts';
import { nServiceBus } from '#lib/conventions/nservicebus.ts';
import { ownDlq } from '#lib/conventions/own-dlq.ts';
import { rascal } from '#lib/conventions/rascal.ts';
import { rebus } from '#lib/conventions/rebus.ts';
import { shareGroup } from '#lib/conventions/share-group.ts';
import { smallRye } from '#lib/conventions/smallrye.ts';
import { sneakers } from '#lib/conventions/sneakers.ts';
import { springAmqp } from '#lib/conventions/spring-amqp.ts';
import { springCloudStream } from '#lib/conventions/spring-cloud-stream.ts';
import { springKafka } from '#lib/conventions/spring-kafka.ts';
import { sqsRedrive } from '#lib/conventions/sqs-redrive.ts';
import { symfonyMessenger } from '#lib/conventions/symfony-messenger.ts';
import { watermill } from '#lib/conventions/watermill.ts';
import { xDeath } from '#lib/conventions/x-death.ts';
import { xOptDeaths } from '#lib/conventions/x-opt-deaths.ts';

export interface ConventionChain {
  readonly conventions: readonly Convention[];
  /** Those that a message with these headers may speak, best first. Costs one or two look-ups a header. */
  candidates(headers: HeaderIndex): readonly Convention[];
  /** Whether one of them owns a header of this name: it tells of the failure, and is no part of the message. */
  owns(headerName: string): boolean;
}

/** Conventions that headers met so far are marks of, and the set that one more mark leads to. */
interface MarkedSet {
  readonly ranks: ReadonlySet<number>;
  readonly conventions: readonly Convention[];
  readonly next: Map<readonly number[], MarkedSet>;
}

/** A queue's messages carry the same marks, so there are a handful of sets; only somebody who tries makes more. */
const setsMax = 1_000;

/** The first convention that says a field wins, so the order is the order of trust. */
export function createConventionChain(conventions: readonly Convention[]): ConventionChain {
  const byMark = new Map<string, number[]>();
  const always = new Set<number>();
  for (const [rank, { marks }] of conventions.entries()) {
    if (marks === 'always') always.add(rank);
    else
      for (const mark of marks) {
        const known = byMark.get(mark);
        if (known) known.push(rank);
        else byMark.set(mark, [rank]);
      }
  }

  const sets = new Map<string, MarkedSet>();
  function setOf(ranks: ReadonlySet<number>): MarkedSet {
    const sorted = [...ranks].toSorted((a, b) => a - b);
    const key = sorted.join();
    const known = sets.get(key);
    if (known) return known;
    const made = { ranks, conventions: sorted.flatMap((rank) => conventions[rank] ?? []), next: new Map() };
    sets.set(key, made);
    return made;
  }
  function extend(set: MarkedSet, ranks: readonly number[]): MarkedSet {
    const next = setOf(new Set([...set.ranks, ...ranks]));
    set.next.set(ranks, next);
    return next;
  }
  let unmarked = setOf(always);

  return {
    conventions,
    candidates(headers) {
      if (sets.size > setsMax) {
        sets.clear();
        unmarked = setOf(always);
      }
      let set = unmarked;
      for (const name of headers.names()) {
        const ranks = byMark.get(name);
        if (ranks !== undefined) set = set.next.get(ranks) ?? extend(set, ranks);
      }
      return set.conventions;
    },
    owns: (headerName) => conventions.some((convention) => convention.owns(headerName)),
  };
}

/** In this order: what an application or its framework wrote on purpose comes before what a broker adds by itself. */
const builtIn: readonly Convention[] = [
  ownDlq,
  springKafka,
  springCloudStream,
  kafkaConnect,
  kafkaStreams,
  smallRye,
  watermill,
  karafka,
  springAmqp,
  massTransit,
  nServiceBus,
  rebus,
  sneakers,
  rascal,
  symfonyMessenger,
  celery,
  dramatiq,
  awsLambda,
  awsEventBridge,
  awsScheduler,
  azureServiceBus,
  googlePubsub,
  communityAliases,
  failureInBody,
  shareGroup,
  xDeath,
  xOptDeaths,
  sqsRedrive,
  awsSns,
];

export const builtInChain = createConventionChain(builtIn);

/** An operator's own come first: whoever wrote them down knows better. */
export function withConfigured(settings: readonly ConventionSettings[]): ConventionChain {
  return createConventionChain([...settings.map(createConfiguredConvention), ...builtIn]);
}

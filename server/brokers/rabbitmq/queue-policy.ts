import type { AppliedPolicy } from '#lib/domain/topology.ts';
import type { Policies, Policy, QueueDefinition } from '#server/brokers/rabbitmq/management-api.ts';

export type QueueType = 'classic' | 'quorum' | 'stream';

/** What arguments and policies together say of a queue. */
export interface QueueTraits {
  readonly type: QueueType;
  readonly deadLetterExchange: string | null;
  /** `null` keeps the original routing keys. */
  readonly deadLetterRoutingKey: string | null;
  readonly singleActiveConsumer: boolean;
  /** After so long a message goes by itself; `null` where it stays. */
  readonly messageTtlMs: number | null;
  /** What it dead-letters stays in it until another queue has it; else it is let go of, wherever it arrives. */
  readonly keepsDeadLetters: boolean;
  /** It has a limit, beyond which it drops what is first in line. */
  readonly dropsHead: boolean;
  /** How often a quorum queue takes a message back before it drops it; `null` is unlimited. */
  readonly deliveryLimit: number | null;
  /** It goes with its last consumer, or when nobody uses it for a time. */
  readonly isShortLived: boolean;
  /** Without what operators impose; `null` where there is none. */
  readonly policy: AppliedPolicy | null;
}

/** From RabbitMQ 4 a quorum queue without a limit has this one (release notes of 4.0, "Quorum queues now have a default redelivery limit"). */
const defaultDeliveryLimit = 20;

/**
 * Policies are matched here: what the API says of a queue's policy lags by seconds, and for an idle queue it may not come at all.
 * Arguments win over policies, except for limits, where the lower value holds.
 */
export function traitsOf(queue: QueueDefinition, policies: Policies, serverMajor: number): QueueTraits {
  const type = queueType(queue);
  const applied = policyFor(queue.name, type, policies.user);
  const policy = applied?.definition ?? queue.effective_policy_definition;
  const operator = policyFor(queue.name, type, policies.operator)?.definition ?? {};
  const text = (name: string): string | null => textIn(queue.arguments, `x-${name}`) ?? textIn(policy, name);
  const limits = [queue.arguments['x-delivery-limit'], policy['delivery-limit'], operator['delivery-limit']].filter(
    isNumber,
  );
  const ttls = [queue.arguments['x-message-ttl'], policy['message-ttl'], operator['message-ttl']].filter(isNumber);
  const hasLimit = ['max-length', 'max-length-bytes'].some((name) =>
    [queue.arguments[`x-${name}`], policy[name], operator[name]].some(isNumber),
  );
  return {
    type,
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterRoutingKey: text('dead-letter-routing-key'),
    singleActiveConsumer: queue.arguments['x-single-active-consumer'] === true,
    keepsDeadLetters: type === 'quorum' && isAtLeastOnce(text),
    dropsHead: hasLimit && !(text('overflow') ?? '').startsWith('reject-publish'),
    messageTtlMs: ttls.length === 0 ? null : Math.min(...ttls),
    deliveryLimit: type === 'quorum' ? effectiveLimit(limits, serverMajor) : null,
    isShortLived:
      queue.auto_delete === true ||
      [queue.arguments['x-expires'], policy['expires'], operator['expires']].some((ms) => isNumber(ms)),
    policy: applied
      ? { name: applied.name, priority: applied.priority, definition: applied.definition }
      : unnamed(policy, operator),
  };
}

/** Without `reject-publish` RabbitMQ goes back to the usual strategy, at-most-once (its guide to quorum queues, "Activating at-least-once dead-lettering"). */
function isAtLeastOnce(text: (name: string) => string | null): boolean {
  return text('dead-letter-strategy') === 'at-least-once' && text('overflow') === 'reject-publish';
}

/** 4.x takes a negative number for "no limit", and then the other of argument and policy holds (`resolve_delivery_limit` in rabbit_quorum_queue.erl). */
function effectiveLimit(limits: readonly number[], serverMajor: number): number | null {
  if (limits.length === 0) return serverMajor >= 4 ? defaultDeliveryLimit : null;
  const positive = limits.filter((limit) => limit >= 0);
  return positive.length === 0 ? null : Math.min(...positive);
}

function queueType(queue: QueueDefinition): QueueType {
  const type = queue.type ?? queue.arguments['x-queue-type'];
  return type === 'quorum' || type === 'stream' ? type : 'classic';
}

const appliesTo: Record<string, readonly QueueType[]> = {
  all: ['classic', 'quorum', 'stream'],
  queues: ['classic', 'quorum', 'stream'],
  classic_queues: ['classic'],
  quorum_queues: ['quorum'],
  streams: ['stream'],
};

/** What the API says is in force on the queue itself comes of both kinds. */
function unnamed(
  inForce: Readonly<Record<string, unknown>>,
  operator: Readonly<Record<string, unknown>>,
): AppliedPolicy | null {
  const own = Object.entries(inForce).filter(([key]) => !(key in operator));
  return own.length === 0 ? null : { name: null, priority: null, definition: Object.fromEntries(own) };
}

/** Only the matching policy with the highest priority applies. */
function policyFor(name: string, type: QueueType, policies: readonly Policy[]): Policy | null {
  const matching = policies.filter(
    (policy) => (appliesTo[policy['apply-to']] ?? []).includes(type) && matches(policy.pattern, name),
  );
  return matching.toSorted((a, b) => b.priority - a.priority)[0] ?? null;
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    // Erlang knows forms that JavaScript does not; then only what the API says of the queue itself is left.
    return false;
  }
}

function textIn(values: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = values[key];
  return typeof value === 'string' ? value : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

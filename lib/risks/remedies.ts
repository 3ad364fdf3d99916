import type { BrokerKind } from '#lib/domain/message.ts';
import type { TopologyQueue } from '#lib/domain/topology.ts';
import type { RiskRemedy } from '#lib/risks/risk.ts';

/*
 * What to do, with the command itself. Names come from brokers: they are quoted for a POSIX shell, and for the pattern of a policy.
 */

type Ruled = Pick<TopologyQueue, 'name' | 'policy'>;

export function remedyOfMissingDeadLetters(kind: BrokerKind, place: Ruled, vhost?: string): RiskRemedy {
  const queue = place.name;
  if (kind === 'sqs') {
    const fifo = queue.endsWith('.fifo');
    const dead = fifo ? `${queue.slice(0, -'.fifo'.length)}-dlq.fifo` : `${queue}-dlq`;
    const redrive = JSON.stringify({ deadLetterTargetArn: `ARN-OF-${dead}`, maxReceiveCount: 5 });
    return {
      text: `Create a queue ${dead} that keeps its messages for 14 days, and name it in the redrive policy with the number of receives that you allow.`,
      code: [
        `aws sqs create-queue --queue-name ${quoted(dead)} --attributes MessageRetentionPeriod=1209600${fifo ? ',FifoQueue=true' : ''}`,
        setAttributes(queue, { RedrivePolicy: redrive }),
      ].join('\n'),
    };
  }
  const dead = `${queue}.dlq`;
  return {
    text: `Declare a queue ${dead}, and have a policy dead-letter to it. ${displacing(place)}`,
    code: [
      declare(vhost, `queue name=${quoted(dead)} durable=true`),
      setPolicy(`dead-letters-of-${queue}`, place, vhost, {
        'dead-letter-exchange': '',
        'dead-letter-routing-key': dead,
      }),
    ].join('\n'),
  };
}

const sqsRetentionMaxSeconds = 1_209_600;

export function remedyOfRetention(kind: BrokerKind, queue: string, sourceMs: number | null): RiskRemedy {
  switch (kind) {
    case 'sqs': {
      const isMost = sourceMs !== null && sourceMs >= sqsRetentionMaxSeconds * 1_000;
      return isMost
        ? {
            text: 'SQS keeps nothing for longer than 14 days: shorten the retention of the source, so that a dead letter has days left when it arrives.',
            code: null,
          }
        : {
            text: `Have ${queue} keep its messages for 14 days, the longest that SQS takes.`,
            code: setAttributes(queue, { MessageRetentionPeriod: String(sqsRetentionMaxSeconds) }),
          };
    }
    case 'kafka': {
      // Twice as long leaves as much time again to look at what failed at the end; -1 is for ever.
      const ms = sourceMs === null ? -1 : sourceMs * 2;
      return {
        text: `Set retention.ms of ${queue} to more than that of its source${ms === -1 ? ' (-1 is for ever)' : ', twice as much for example'}.`,
        code: `kafka-configs.sh --bootstrap-server BROKER --alter --entity-type topics --entity-name ${quoted(queue)} --add-config retention.ms=${ms}`,
      };
    }
    case 'rabbitmq':
      return {
        text: `Take the time to live (message-ttl) of ${queue} away, or make it longer than that of its source. One that the queue was declared with (x-message-ttl) goes only with the queue.`,
        code: null,
      };
  }
}

export function remedyOfDeliveryLimit(place: Ruled, vhost?: string): RiskRemedy {
  const queue = place.name;
  return {
    text: `Lift the limit of ${queue} by a policy: RabbitMQ 4 takes -1 for none, RabbitMQ 3 a large number. One that the queue was declared with (x-delivery-limit) stays where it is lower; then declare the queue anew. ${displacing(place)}`,
    code: setPolicy(`no-delivery-limit-${queue}`, place, vhost, { 'delivery-limit': -1 }, 'quorum_queues'),
  };
}

export function remedyOfUnwatched(queueId: string, isRuleMissing: boolean): RiskRemedy {
  if (!isRuleMissing)
    return {
      text: 'Add a receiver to alerts.receivers of the configuration: the rules that cover it have none.',
      code: 'alerts:\n  receivers:\n    - { name: on-call, kind: webhook, url: https://hooks.internal/redeliver }',
    };
  return {
    text: 'Add a rule to alerts.rules of the configuration that fires when dead letters come into it, or have a consumer take care of them.',
    code: `alerts:\n  rules:\n    - { name: ${ruleName(queueId)}, when: arrivals-above, above: 0, queues: [${yamlText(queueId)}] }`,
  };
}

export function setAttributes(queue: string, attributes: Readonly<Record<string, string>>): string {
  return `aws sqs set-queue-attributes --queue-url "$(aws sqs get-queue-url --queue-name ${quoted(queue)} --query QueueUrl --output text)" --attributes ${quoted(JSON.stringify(attributes))}`;
}

export function declare(vhost: string | undefined, what: string): string {
  return `rabbitmqadmin${vhost === undefined ? '' : ` --vhost=${quoted(vhost)}`} declare ${what}`;
}

/** Only one policy applies to a queue, so a command must not take away what the present one says. */
function displacing({ policy }: Ruled): string {
  if (policy === undefined)
    return 'Only one policy applies to a queue: where it has one by then, add its keys and give this a higher priority.';
  const { name, priority } = policy;
  const present = `The command takes over what its present policy${name === null ? '' : ` "${name}"`} says, since only one applies to a queue`;
  return priority === null ? `${present}: give it a higher priority than that has.` : `${present}.`;
}

function setPolicy(
  name: string,
  { name: queue, policy }: Ruled,
  vhost: string | undefined,
  definition: Readonly<Record<string, string | number>>,
  applyTo = 'queues',
): string {
  const pattern = `^${queue.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
  const where = vhost === undefined ? '' : ` -p ${quoted(vhost)}`;
  const rank = typeof policy?.priority === 'number' ? ` --priority ${policy.priority + 1}` : '';
  const whole = JSON.stringify({ ...policy?.definition, ...definition });
  return `rabbitmqctl set_policy${where} ${quoted(name)} ${quoted(pattern)} ${quoted(whole)}${rank} --apply-to ${applyTo}`;
}

/** For a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Names of rules are letters, digits, dots, dashes and underscores, at most 64. */
function ruleName(queueId: string): string {
  return `arrivals-${queueId.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 64);
}

/** JSON is YAML. */
function yamlText(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : JSON.stringify(text);
}

import type { BrokerKind } from '#lib/domain/message.ts';
import type { DeadLettering, TopologyQueue } from '#lib/domain/topology.ts';
import { declare, quoted, setAttributes } from '#lib/risks/remedies.ts';
import type { RiskRemedy } from '#lib/risks/risk.ts';

type To = Extract<DeadLettering, { readonly kind: 'to' }>;
type Exchange = NonNullable<To['exchange']>;

/** Why what a queue dead-letters arrives nowhere: each type of exchange has a reason of its own. */
export function sentenceOfVanishing({ name }: Pick<TopologyQueue, 'name'>, { via, exchange }: To): string {
  return `${name} dead-letters to ${via}, ${exchange === undefined ? 'which is not there' : whyOf(exchange)}.`;
}

function whyOf({ name, key, type }: Exchange): string {
  if (name === '') return key === null ? 'and no queue is called by one of them' : 'and no queue has that name';
  const [it, fits] = key === null ? ['one of them', 'one of them'] : ['that key', 'it'];
  switch (type) {
    case null:
      return 'and there is no such exchange';
    case 'direct':
      return `where no queue is bound by ${it}`;
    case 'topic':
      return `where no binding of a queue fits ${fits}`;
    default:
      return 'to which no queue is bound';
  }
}

/** The place is made, instead of another one named: what a queue was declared with comes before any policy. */
export function remedyOfVanishing(
  kind: BrokerKind,
  { name: queue }: Pick<TopologyQueue, 'name'>,
  { via, exchange }: To,
  vhost?: string,
): RiskRemedy {
  if (kind === 'sqs')
    return {
      text: `Create ${via} again, or name another one in the redrive policy of ${queue}.`,
      code: setAttributes(queue, {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'ARN-OF-A-QUEUE', maxReceiveCount: 5 }),
      }),
    };
  if (exchange === undefined) return { text: `Make a queue that ${via} leads to.`, code: null };
  const { name, key, type } = exchange;
  if (name === '')
    return {
      text: `Declare a queue of the name that dead letters are routed by${key === null ? ': the keys that messages have here' : ''}.`,
      code: key === null ? null : declare(vhost, `queue name=${quoted(key)} durable=true`),
    };
  const dead = `${queue}.dlq`;
  const declared = declare(vhost, `queue name=${quoted(dead)} durable=true`);
  const bound = (by: string) =>
    declare(vhost, `binding source=${quoted(name)} destination=${quoted(dead)}${by === '' ? '' : ` ${by}`}`);
  const byKey = (usual: string) => bound(`routing_key=${quoted(key ?? usual)}`);
  switch (type) {
    case null:
      return {
        text: 'Declare the exchange, and bind a queue to it. One of type fanout takes every key.',
        code: [declare(vhost, `exchange name=${quoted(name)} type=fanout durable=true`), declared, bound('')].join(
          '\n',
        ),
      };
    case 'direct':
      return {
        text:
          key === null
            ? 'Bind a queue to it by each key that messages have here: a direct exchange takes no pattern. KEY stands for one of them.'
            : 'Bind a queue to it by exactly that key: a direct exchange takes no pattern.',
        code: [declared, byKey('KEY')].join('\n'),
      };
    case 'topic':
      return {
        text: key === null ? 'Bind a queue to it: the pattern # fits every key.' : 'Bind a queue to it by that key.',
        code: [declared, byKey('#')].join('\n'),
      };
    case 'fanout':
      return {
        text: 'Bind a queue to it: a fanout exchange asks for no key.',
        code: [declared, bound('')].join('\n'),
      };
    case 'headers':
      return {
        text: 'Bind a queue to it: x-match all, and no header to match, fits every message.',
        code: [declared, bound(`arguments=${quoted('{"x-match":"all"}')}`)].join('\n'),
      };
    default:
      return { text: `Bind a queue to it, in the way of its type ${type}.`, code: null };
  }
}

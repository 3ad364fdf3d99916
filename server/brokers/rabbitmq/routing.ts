import type { Binding, ExchangeDefinition } from '#server/brokers/rabbitmq/management-api.ts';

/** Where a message with this key goes. `null` is a key that nobody knows: then everything that is possible. */
export interface Routing {
  queuesBehind(exchange: string, routingKey: string | null): Routed;
  /** `direct`, `topic`, `fanout`, `headers` or that of a plugin; `null` where there is no such exchange. */
  typeOf(exchange: string): string | null;
}

export interface Routed {
  readonly exchangeExists: boolean;
  readonly queues: readonly string[];
  /** Whether each of the queues is certain: headers exchanges and exchange types of plugins decide by what is not known here. */
  readonly certain: boolean;
}

export function createRouting(
  exchanges: readonly ExchangeDefinition[],
  bindings: readonly Binding[],
  queues: ReadonlySet<string>,
): Routing {
  const exchangeByName = new Map(exchanges.map((exchange) => [exchange.name, exchange]));
  const bindingsBySource = Map.groupBy(bindings, (binding) => binding.source);

  function queuesBehind(exchange: string, routingKey: string | null): Routed {
    if (exchange === '') {
      const found = routingKey !== null && queues.has(routingKey) ? [routingKey] : [];
      return { exchangeExists: true, queues: found, certain: routingKey !== null };
    }
    const reached = new Set<string>();
    const visited = new Set<string>();
    let certain = true;

    function visit(name: string): void {
      const definition = exchangeByName.get(name);
      // Exchanges may be bound in a circle.
      if (definition === undefined || visited.has(name)) return;
      visited.add(name);
      let routed = false;
      for (const binding of bindingsBySource.get(name) ?? []) {
        const match = matchOf(definition.type, binding.routing_key, routingKey);
        if (match === 'no') continue;
        if (match === 'perhaps') certain = false;
        else routed = true;
        if (binding.destination_type === 'queue') reached.add(binding.destination);
        else visit(binding.destination);
      }
      const alternate = definition.arguments['alternate-exchange'];
      if (!routed && typeof alternate === 'string') visit(alternate);
    }

    visit(exchange);
    return { exchangeExists: exchangeByName.has(exchange), queues: [...reached], certain };
  }

  return {
    queuesBehind,
    typeOf: (exchange) => (exchange === '' ? 'direct' : (exchangeByName.get(exchange)?.type ?? null)),
  };
}

function matchOf(exchangeType: string, bindingKey: string, routingKey: string | null): 'yes' | 'no' | 'perhaps' {
  switch (exchangeType) {
    case 'fanout':
      return 'yes';
    case 'direct':
      if (routingKey === null) return 'perhaps';
      return bindingKey === routingKey ? 'yes' : 'no';
    case 'topic':
      if (routingKey === null) return 'perhaps';
      return topicMatches(bindingKey.split('.'), routingKey.split('.')) ? 'yes' : 'no';
    default:
      return 'perhaps';
  }
}

/** `*` is exactly one word, `#` any number of them. */
export function topicMatches(pattern: readonly string[], words: readonly string[]): boolean {
  // reached[i]: the words so far can be used up by the first i parts of the pattern.
  let reached = pattern.map(() => false);
  reached = [true, ...reached];
  for (const [index, part] of pattern.entries()) if (part === '#' && reached[index]) reached[index + 1] = true;
  for (const word of words) {
    const following = reached.map(() => false);
    for (const [index, part] of pattern.entries()) {
      if (part === '#') following[index + 1] = reached[index + 1] === true || following[index] === true;
      else if ((part === '*' || part === word) && reached[index] === true) following[index + 1] = true;
    }
    reached = following;
  }
  return reached[pattern.length] === true;
}

import { z } from 'zod';
import {
  type AlertKind,
  alertKinds,
  type AlertRule,
  builtInRules,
  severities,
  usualClearAt,
  usualRule,
} from '#lib/alerts/rule.ts';
import { duration, durationMs, section, text, textList, wholeNumber } from '#server/config/fields.ts';

/*
 * `{ name: orders-deep, when: depth-above, above: 1000, for: 2m, queues: [orders.*], severity: critical, receivers: [on-call] }`
 */

const dayMs = 86_400_000;

/** What a kind is told besides what all are. The first of them must be there. */
const own: Readonly<Record<AlertKind, { readonly must: string | null; readonly may: readonly string[] }>> = {
  'new-group': { must: null, may: ['within'] },
  'regressed-group': { must: null, may: [] },
  'depth-above': { must: 'above', may: ['clearAt'] },
  'arrivals-above': { must: 'above', may: ['clearAt', 'within'] },
  'arrivals-unusual': { must: 'times', may: ['within', 'atLeast'] },
  'oldest-above': { must: 'above', may: [] },
  'expiring-within': { must: null, may: ['within'] },
  'lag-above': { must: 'above', may: ['clearAt'] },
  'lag-unread': { must: null, may: [] },
  'group-without-members': { must: null, may: ['above', 'clearAt'] },
  'replay-returned': { must: null, may: ['above', 'within'] },
  'connection-failing': { must: null, may: [] },
};
const special = ['above', 'clearAt', 'within', 'times', 'atLeast'] as const;

const withinMs: Readonly<Partial<Record<AlertKind, readonly [number, number]>>> = {
  'new-group': [60_000, 7 * dayMs],
  'arrivals-above': [60_000, dayMs],
  'arrivals-unusual': [300_000, dayMs / 2],
  'expiring-within': [60_000, 30 * dayMs],
  'replay-returned': [60_000, 7 * dayMs],
};

export interface RuleSetting {
  readonly rule: AlertRule;
  readonly off: boolean;
}

const shape = section({
  name: text('a name such as orders-deep').regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: 'must be a name of letters, digits, dots, dashes and underscores, such as orders-deep',
  }),
  when: z.enum(alertKinds, { error: `must be one of ${alertKinds.join(', ')}` }).exactOptional(),
  off: z.boolean({ error: 'must be true or false' }).exactOptional(),
  severity: z.enum(severities, { error: `must be one of ${severities.join(', ')}` }).exactOptional(),
  above: z
    .union([z.string(), z.number()], { error: 'must be a number such as 1000, or an age such as 2d' })
    .exactOptional(),
  clearAt: wholeNumber(0, 1e12).exactOptional(),
  times: z.number({ error: 'must be a number such as 5' }).min(1, { error: 'must be 1 or more' }).exactOptional(),
  atLeast: wholeNumber(1, 1_000_000_000).exactOptional(),
  within: duration(60_000, 30 * dayMs, '5m').exactOptional(),
  for: duration(0, dayMs, '2m').exactOptional(),
  clearFor: duration(0, dayMs, '2m').exactOptional(),
  queues: textList('queues such as [shop/orders.*]').exactOptional(),
  receivers: textList('receivers such as [on-call]').exactOptional(),
  labels: z
    .record(
      z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: 'must be names such as team' }),
      text('a text such as shop'),
      { error: 'must be labels such as { team: shop }' },
    )
    .exactOptional(),
});

type Given = z.output<typeof shape>;

export const alertRule = shape.transform((given, context): RuleSetting => {
  const builtIn = builtInRules.find((rule) => rule.name === given.name);
  const kind = given.when ?? builtIn?.kind;
  const refuse = (key: string, message: string): never => {
    context.addIssue({ code: 'custom', path: [key], message });
    return z.NEVER;
  };
  if (kind === undefined) return refuse('when', `is missing: say what is watched, one of ${alertKinds.join(', ')}`);
  if (builtIn && kind !== builtIn.kind)
    return refuse(
      'when',
      `must be ${builtIn.kind} for the built-in rule of that name, or absent: give another rule another name`,
    );
  const { must, may } = own[kind];
  const foreign = special.filter((key) => given[key] !== undefined && key !== must && !may.includes(key));
  for (const key of foreign) refuse(key, `means nothing to ${kind}: leave it out`);
  if (foreign.length > 0) return z.NEVER;
  if (must !== null && !builtIn && given[must as (typeof special)[number]] === undefined && given.off !== true)
    return refuse(must, `is missing: ${kind} needs it`);
  const above = aboveOf(kind, given);
  if (above === null)
    return refuse(
      'above',
      kind === 'oldest-above' ? 'must be an age such as 2d' : 'must be a whole number such as 1000',
    );
  const base = builtIn ?? usualRule(kind, given.name);
  const limit = above ?? base.above;
  if (given.clearAt !== undefined && given.clearAt > limit) return refuse('clearAt', 'must not be more than above');
  const [least, most] = withinMs[kind] ?? [0, 0];
  if (given.within !== undefined && (given.within < least || given.within > most))
    return refuse('within', `must be from ${least / 60_000}m to ${most / 3_600_000}h for ${kind}`);
  return {
    off: given.off ?? false,
    rule: {
      ...base,
      above: limit,
      clearAt: given.clearAt ?? (above === undefined ? base.clearAt : usualClearAt(limit)),
      severity: given.severity ?? base.severity,
      forMs: given.for ?? base.forMs,
      clearForMs: given.clearFor ?? base.clearForMs,
      withinMs: given.within ?? base.withinMs,
      atLeast: given.atLeast ?? base.atLeast,
      queues: given.queues ?? base.queues,
      receivers: given.receivers ?? base.receivers,
      labels: given.labels ?? base.labels,
    },
  };
});

/** `null` for what is none, absent for what is not given. */
function aboveOf(kind: AlertKind, { above, times }: Given): number | null | undefined {
  if (kind === 'arrivals-unusual') return times;
  if (above === undefined) return undefined;
  if (kind === 'oldest-above') return typeof above === 'string' ? durationMs(above) : null;
  const number = Number(above);
  return Number.isInteger(number) && number >= 0 && number <= 1e12 ? number : null;
}

/** What no rule can tell by itself. */
export function checkRules(
  rules: readonly RuleSetting[],
  receivers: readonly string[],
  refuse: (path: PropertyKey[], message: string) => void,
): void {
  for (const [index, { rule }] of rules.entries()) {
    if (rules.findIndex((other) => other.rule.name === rule.name) !== index)
      refuse([index, 'name'], 'is the name of another rule too: give each its own');
    for (const [at, name] of (rule.receivers ?? []).entries())
      if (!receivers.includes(name))
        refuse(
          [index, 'receivers', at],
          `is no receiver: ${receivers.length === 0 ? 'there are none' : `there are ${receivers.join(', ')}`}`,
        );
  }
}

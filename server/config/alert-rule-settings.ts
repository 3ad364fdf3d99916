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
import { amongKeys, duration, durationMs, oneOf, section, text, textList, wholeNumber } from '#server/config/fields.ts';

/*
 * `{ name: orders-deep, when: depth-above, above: 1000, for: 2m, queues: [orders.*], severity: critical, receivers: [on-call] }`
 */

const dayMs = 86_400_000;

/** What a kind is told besides what all are. The first of them must be there. */
const own: Readonly<Record<AlertKind, { readonly must: Special | null; readonly may: readonly Special[] }>> = {
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
type Special = (typeof special)[number];

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
  when: oneOf(alertKinds).exactOptional(),
  off: z.boolean({ error: 'must be true or false' }).exactOptional(),
  severity: oneOf(severities).exactOptional(),
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

/** Each that does not go with its kind or with another is told by itself; nothing is said of what depends on a key that is wrong. */
const checkRule = amongKeys<Given>(({ right, isGiven, isWrong, refuse }) => {
  const builtIn = builtInRules.find((rule) => rule.name === right.name);
  if (isWrong('when')) return;
  const kind = right.when ?? builtIn?.kind;
  if (kind === undefined) return refuse(['when'], `is missing: say what is watched, one of ${alertKinds.join(', ')}`);
  if (builtIn && kind !== builtIn.kind)
    return refuse(
      ['when'],
      `must be ${builtIn.kind} for the built-in rule of that name, or absent: give another rule another name`,
    );
  const { must, may } = own[kind];
  const isOwn = (key: Special) => key === must || may.includes(key);
  for (const key of special) if (isGiven(key) && !isOwn(key)) refuse([key], `means nothing to ${kind}: leave it out`);
  if (must !== null && !builtIn && !isGiven(must) && right.off !== true && !isWrong('off'))
    refuse([must], `is missing: ${kind} needs it`);
  const above = aboveOf(kind, right);
  if (above === null && isOwn('above'))
    refuse(['above'], kind === 'oldest-above' ? 'must be an age such as 2d' : 'must be a whole number such as 1000');
  const usual = builtIn ?? (must === 'above' ? null : usualRule(kind, ''));
  const limit = isGiven('above') ? above : usual?.above;
  if (right.clearAt !== undefined && isOwn('clearAt') && typeof limit === 'number' && right.clearAt > limit)
    refuse(['clearAt'], 'must not be more than above');
  const [least, most] = withinMs[kind] ?? [0, 0];
  if (right.within !== undefined && isOwn('within') && (right.within < least || right.within > most))
    refuse(['within'], `must be from ${least / 60_000}m to ${most / 3_600_000}h for ${kind}`);
});

export const alertRule = shape.check(checkRule).transform((given): RuleSetting => {
  const builtIn = builtInRules.find((rule) => rule.name === given.name);
  const kind = given.when ?? builtIn?.kind;
  // The check has refused what has none.
  if (kind === undefined) return z.NEVER;
  const above = aboveOf(kind, given) ?? undefined;
  const base = builtIn ?? usualRule(kind, given.name);
  const limit = above ?? base.above;
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
function aboveOf(
  kind: AlertKind,
  { above, times }: Pick<Partial<Given>, 'above' | 'times'>,
): number | null | undefined {
  if (kind === 'arrivals-unusual') return times;
  if (above === undefined) return undefined;
  if (kind === 'oldest-above') return typeof above === 'string' ? durationMs(above) : null;
  const number = Number(above);
  return Number.isInteger(number) && number >= 0 && number <= 1e12 ? number : null;
}

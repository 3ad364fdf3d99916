import { z } from 'zod';
import { type AlertKind, type AlertRule, builtInRules } from '#lib/alerts/rule.ts';
import { alertRule } from '#server/config/alert-rule-settings.ts';
import { amongKeys, duration, section, text, urlOf } from '#server/config/fields.ts';
import { byKind } from '#server/config/handed-on.ts';

/*
 * `alerts: { every: 30s, consoleUrl: https://redeliver.internal, rules: [...], receivers: [...] }`
 */

/** Who is told of alerts. What starts with `secret` is never shown, and nor are keys, tokens and passwords. */
export type Receiver =
  | { readonly name: string; readonly kind: 'webhook'; readonly secretUrl: string; readonly hmacKey: string | null }
  | { readonly name: string; readonly kind: 'slack'; readonly secretUrl: string }
  | { readonly name: string; readonly kind: 'pagerduty'; readonly url: string; readonly routingKey: string }
  | {
      readonly name: string;
      readonly kind: 'alertmanager';
      readonly url: string;
      readonly username: string | null;
      readonly password: string | null;
      readonly token: string | null;
    };

export interface AlertSettings {
  readonly everyMs: number;
  /** Where a browser finds the console, without a slash at its end; `null` where that is where it listens. */
  readonly consoleUrl: string | null;
  readonly rules: readonly AlertRule[];
  /** Built-in ones that were switched off. */
  readonly off: readonly { readonly name: string; readonly kind: AlertKind }[];
  readonly receivers: readonly Receiver[];
}

/** What the console shows of it. */
export type ShownAlertSettings = Omit<AlertSettings, 'receivers'> & {
  readonly receivers: readonly Pick<Receiver, 'name' | 'kind'>[];
};

export function shownAlertSettings(settings: AlertSettings): ShownAlertSettings {
  return { ...settings, receivers: settings.receivers.map(({ name, kind }) => ({ name, kind })) };
}

export const usualAlerts: AlertSettings = {
  everyMs: 30_000,
  consoleUrl: null,
  rules: builtInRules,
  off: [],
  receivers: [],
};

const pagerDutyUrl = 'https://events.pagerduty.com/v2/enqueue';

const name = text('a name such as on-call').regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'must be a name of letters, digits, dots, dashes and underscores, such as on-call',
});
const webUrl = (example: string) => urlOf(['https', 'http'], example);
/** Nothing can be sent to an address with a password in it. */
const receiverUrl = (example: string, instead: string) =>
  webUrl(example).refine(
    (url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''),
    {
      error: `must be an address without a user name and a password${instead}`,
    },
  );
const secret = (what: string) => text(what);

const webhook = section({
  name,
  kind: z.literal('webhook'),
  url: receiverUrl('https://hooks.internal/redeliver', '; with an hmacKey a webhook can tell who sends'),
  hmacKey: secret('a key of 16 characters or more')
    .min(16, { error: 'must have 16 characters or more: others would guess it' })
    .exactOptional(),
}).transform(({ url, hmacKey = null, ...rest }): Receiver => ({ ...rest, secretUrl: url, hmacKey }));

const slack = section({
  name,
  kind: z.literal('slack'),
  url: receiverUrl('https://hooks.slack.com/services/…', ''),
}).transform(({ url, ...rest }): Receiver => ({ ...rest, secretUrl: url }));

const pagerDuty = section({
  name,
  kind: z.literal('pagerduty'),
  routingKey: secret('the integration key of the service'),
  url: receiverUrl(pagerDutyUrl, '').exactOptional(),
}).transform(({ url = pagerDutyUrl, ...rest }): Receiver => ({ ...rest, url }));

const alertmanager = section({
  name,
  kind: z.literal('alertmanager'),
  url: receiverUrl('http://alertmanager:9093', ': they are the keys username and password'),
  username: text('a user name').exactOptional(),
  password: secret('a password').exactOptional(),
  token: secret('a bearer token').exactOptional(),
})
  .check(
    amongKeys(({ isGiven, refuse }) => {
      if (isGiven('username') !== isGiven('password'))
        refuse(
          [isGiven('username') ? 'password' : 'username'],
          'is missing: give a user name with a password, or neither',
        );
      if (isGiven('token') && isGiven('username')) refuse(['token'], 'goes without a user name: give one or the other');
    }),
  )
  .transform(({ url, username = null, password = null, token = null, ...rest }): Receiver => {
    return { ...rest, url: url.replace(/\/+$/, ''), username, password, token };
  });

const receiver = byKind(
  { webhook, slack, pagerduty: pagerDuty, alertmanager },
  'a receiver such as { name: on-call, kind: pagerduty, routingKey: ... }',
);

export const alertsSection = section({
  every: duration(1_000, 3_600_000, '30s').exactOptional(),
  consoleUrl: webUrl('https://redeliver.internal')
    .refine((url) => !/[?#@]/.test(url), { error: 'must be an address without a query or a password' })
    .exactOptional(),
  rules: z
    .array(alertRule, { error: 'must be a list of rules, such as [{ name: deep, when: depth-above, above: 1000 }]' })
    .exactOptional(),
  receivers: z
    .array(receiver, {
      error: 'must be a list of receivers, such as [{ name: on-call, kind: pagerduty, routingKey: ... }]',
    })
    .exactOptional(),
}).transform(({ every = usualAlerts.everyMs, consoleUrl, rules = [], receivers = [] }): AlertSettings => {
  const isNamed = (rule: { name: string }) => rules.some((each) => each.rule.name === rule.name);
  return {
    everyMs: every,
    consoleUrl: consoleUrl?.replace(/\/+$/, '') ?? null,
    rules: [
      ...builtInRules.filter((rule) => !isNamed(rule)),
      ...rules.filter(({ off }) => !off).map(({ rule }) => rule),
    ],
    off: rules.filter(({ off }) => off).map(({ rule }) => ({ name: rule.name, kind: rule.kind })),
    receivers,
  };
});

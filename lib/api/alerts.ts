import { z } from 'zod';
import { alertKinds, severities } from '#lib/alerts/rule.ts';
import { instant } from '#lib/api/common.ts';

const subject = z.object({
  kind: z.enum(['queue', 'group', 'replay', 'connection', 'consumer-group', 'others']),
  id: z.string(),
  label: z.string(),
  /** Dead-letter queues that it concerns. */
  queueIds: z.array(z.string()).readonly(),
});

/** Alerts of which nobody is told. All that is said must be so of an alert. */
const mute = z.object({
  id: z.string(),
  rule: z.string().nullable(),
  queue: z.string().nullable(),
  group: z.string().nullable(),
  subject: z.string().nullable(),
  /** What people call the subject, where that is known: `Replay 8`. */
  subjectLabel: z.string().nullable(),
  label: z.string().nullable(),
  /** `null` until it is lifted. */
  until: instant.nullable(),
  by: z.string(),
  reason: z.string(),
  createdAt: instant,
});
export type MuteRow = z.infer<typeof mute>;

export const alert = z.object({
  id: z.string(),
  /** Of every alert of the rule about the subject. */
  key: z.string(),
  rule: z.string(),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  labels: z.record(z.string(), z.string()),
  subject,
  phase: z.enum(['pending', 'firing', 'resolved']),
  since: instant,
  firedAt: instant.nullable(),
  /** It is no longer so since then: it is over once that has lasted. */
  clearSince: instant.nullable(),
  resolvedAt: instant.nullable(),
  sentence: z.string(),
  /** In the console, with absolute times. */
  path: z.string(),
  /** Receivers that were told, or will be. */
  told: z.array(z.string()).readonly(),
  /** The mute that keeps it silent. */
  mutedBy: z.string().nullable(),
});
export type AlertRow = z.infer<typeof alert>;

const alertRule = z.object({
  name: z.string(),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  /** What it watches, as a sentence. */
  watches: z.string(),
  builtIn: z.boolean(),
  on: z.boolean(),
  receivers: z.array(z.string()).readonly(),
  labels: z.record(z.string(), z.string()),
  firing: z.number().int(),
  pending: z.number().int(),
  /** Why it could not be looked at in the last round; `null` where it could. */
  problem: z.string().nullable(),
});
export type AlertRuleRow = z.infer<typeof alertRule>;

const receiver = z.object({
  name: z.string(),
  kind: z.enum(['webhook', 'slack', 'pagerduty', 'alertmanager']),
  /** `unused`: nothing was sent yet. `refused`: it will not take what it is sent as it is configured. */
  state: z.enum(['unused', 'delivered', 'failing', 'refused']),
  /** What was sent last, when, and what came of it. */
  last: z.object({ at: instant, what: z.enum(['fired', 'resolved', 'test', 'renewed']), said: z.string() }).nullable(),
  failingSince: instant.nullable(),
  /** Notifications that are still to be delivered. */
  waiting: z.number().int(),
});
export type ReceiverRow = z.infer<typeof receiver>;

/** GET alerts. POST alerts/mutes and DELETE alerts/mutes/{muteId} answer it as well. */
export const alertsResponse = z.object({
  asOf: instant,
  everyMs: z.number(),
  /** Of the last round; `null` before the first. */
  evaluatedAt: instant.nullable(),
  /** The worst first, muted ones among them. */
  firing: z.array(alert).readonly(),
  pending: z.array(alert).readonly(),
  /** The last to end first. */
  resolved: z.array(alert).readonly(),
  mutes: z.array(mute).readonly(),
  rules: z.array(alertRule).readonly(),
  receivers: z.array(receiver).readonly(),
});
export type AlertsResponse = z.infer<typeof alertsResponse>;

/** POST alerts/mutes: at least one of what it is about, and why. */
export const muteBody = z
  .strictObject({
    rule: z.string().min(1).max(64).nullable().default(null),
    /** `shop/orders.*`; `*` stands for any run of characters. */
    queue: z.string().min(1).max(500).nullable().default(null),
    group: z.string().min(1).max(64).nullable().default(null),
    subject: z.string().min(1).max(1_000).nullable().default(null),
    label: z
      .string()
      .max(200)
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*=./, 'is written as team=shop')
      .nullable()
      .default(null),
    until: instant.nullable(),
    reason: z.string().trim().min(1).max(500),
  })
  .refine(
    ({ rule, queue, group, subject: about, label }) => [rule, queue, group, about, label].some((each) => each !== null),
    {
      error: 'says nothing of what is muted: give at least one of rule, queue, group, subject and label',
      path: ['rule'],
    },
  );

/** POST alerts/receivers/{receiver}/test */
export const receiverTestResponse = z.object({
  delivered: z.boolean(),
  /** What the receiver answered, in short. */
  said: z.string(),
  tookMs: z.number(),
});

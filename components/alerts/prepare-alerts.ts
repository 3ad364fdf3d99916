import { groupMark } from '#lib/alerts/group-mark.ts';
import type { NewMute } from '#components/queries/alerts.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { AlertRow, AlertRuleRow, AlertsResponse, MuteRow, ReceiverRow } from '#lib/api/alerts.ts';
import type { Severity } from '#lib/alerts/rule.ts';

export const severityTones: Readonly<Record<Severity, Tone>> = {
  critical: 'failing',
  warning: 'attention',
  info: 'motion',
};

/** What fires and is told, and what fires in silence. */
export function firingParts({ firing }: Pick<AlertsResponse, 'firing'>): {
  readonly loud: readonly AlertRow[];
  readonly muted: readonly AlertRow[];
} {
  return {
    loud: firing.filter(({ mutedBy }) => mutedBy === null),
    muted: firing.filter(({ mutedBy }) => mutedBy !== null),
  };
}

type Lists = Pick<AlertsResponse, 'firing' | 'pending' | 'resolved'>;

/** The same with each group named that has the title of another one, in whichever list that is. */
export function namedAlerts<Given extends Lists>(response: Given): Given {
  const { firing, pending, resolved } = response;
  const told = toldApart([...firing, ...pending, ...resolved]);
  return {
    ...response,
    firing: told.slice(0, firing.length),
    pending: told.slice(firing.length, firing.length + pending.length),
    resolved: told.slice(firing.length + pending.length),
  };
}

/** Of two groups with one title each is named, whatever else is said of them, by its fingerprint as the groups' list does where nothing else differs. */
function toldApart(alerts: readonly AlertRow[]): readonly AlertRow[] {
  const alike = Map.groupBy(alerts, ({ subject }) => (subject.kind === 'group' ? subject.label : null));
  return alerts.map((alert) => {
    const { sentence, subject } = alert;
    if (subject.kind !== 'group') return alert;
    const isAlone = alike.get(subject.label)?.every((each) => each.subject.id === subject.id) ?? true;
    if (isAlone) return alert;
    return { ...alert, sentence: `${sentence}${groupMark(subject)}` };
  });
}

/** Beside the link in the sidebar: `2 critical`, else `3 firing`; nothing where nothing fires. */
export function firingWords(response: Pick<AlertsResponse, 'firing'>): string | null {
  const { loud } = firingParts(response);
  const critical = loud.filter(({ severity }) => severity === 'critical').length;
  if (critical > 0) return `${critical} critical`;
  return loud.length === 0 ? null : `${loud.length} firing`;
}

/** What watches while nothing fires, by name. */
export function watchingNames(rules: readonly AlertRuleRow[]): readonly string[] {
  return rules.filter(({ on }) => on).map(({ watches }) => `${watches.charAt(0).toLowerCase()}${watches.slice(1)}`);
}

/** `tells own, down`, firing or not. */
export function tellsWords({ receivers }: Pick<AlertRuleRow, 'receivers'>): string {
  return receivers.length === 0 ? 'tells nobody' : `tells ${receivers.join(', ')}`;
}

/** The last round was so long ago that something is wrong with the engine. */
export function isLate({
  asOf,
  evaluatedAt,
  everyMs,
}: Pick<AlertsResponse, 'asOf' | 'evaluatedAt' | 'everyMs'>): boolean {
  return evaluatedAt !== null && asOf - evaluatedAt > Math.max(4 * everyMs, 60_000);
}

const hour = 3_600_000;

export const muteSpans = [
  { label: '1 hour', spanMs: hour },
  { label: '8 hours', spanMs: 8 * hour },
  { label: '1 day', spanMs: 24 * hour },
  { label: '7 days', spanMs: 168 * hour },
  { label: 'until it is lifted', spanMs: null },
] as const;

/** What can be muted from an alert: itself first. */
export function muteScopes(alert: AlertRow): readonly {
  readonly label: string;
  readonly scope: Pick<NewMute, 'rule' | 'queue' | 'group' | 'subject'>;
}[] {
  const { subject, rule } = alert;
  const [queue] = subject.queueIds;
  return [
    { label: `This alert: ${rule} about ${subject.label}`, scope: { rule, subject: subject.id } },
    ...(subject.kind === 'others'
      ? []
      : [{ label: `Everything about ${subject.label}`, scope: { subject: subject.id } }]),
    ...(queue !== undefined && subject.queueIds.length === 1 && subject.kind !== 'queue'
      ? [{ label: `Everything about ${queue}`, scope: { queue } }]
      : []),
    { label: `The whole rule ${rule}`, scope: { rule } },
  ];
}

/** `rule deep, about shop/orders.dlq`; a replay by its number. */
export function muteWords({ rule, queue, group, subject, subjectLabel, label }: MuteRow): string {
  const parts = [
    rule === null ? null : `rule ${rule}`,
    queue === null ? null : `queue ${queue}`,
    group === null ? null : `group ${group}`,
    subject === null ? null : `about ${subjectLabel ?? subject}`,
    label === null ? null : `label ${label}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

export const receiverKinds: Readonly<Record<ReceiverRow['kind'], string>> = {
  webhook: 'webhook',
  slack: 'Slack',
  pagerduty: 'PagerDuty',
  alertmanager: 'Alertmanager',
};

const sentWhat = { fired: 'an alert', resolved: 'an end', test: 'a test', renewed: 'what still fires' } as const;

export function receiverState({ state, waiting }: ReceiverRow): { readonly tone: Tone; readonly word: string } {
  switch (state) {
    case 'unused':
      return { tone: 'plain', word: 'nothing sent yet' };
    case 'delivered':
      return { tone: 'settled', word: 'takes what it is sent' };
    case 'failing':
      return { tone: 'failing', word: waiting > 0 ? `does not answer, ${waiting} waiting` : 'does not answer' };
    case 'refused':
      return { tone: 'failing', word: 'refuses: look at its settings' };
  }
}

/** What was sent last: `an alert: 202 Accepted`. */
export function lastWords({ last }: ReceiverRow): string | null {
  return last && `${sentWhat[last.what]}: ${last.said}`;
}

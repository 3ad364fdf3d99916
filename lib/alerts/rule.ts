/** What a rule watches. */
export const alertKinds = [
  'new-group',
  'regressed-group',
  'depth-above',
  'arrivals-above',
  'arrivals-unusual',
  'oldest-above',
  'expiring-within',
  'lag-above',
  'lag-unread',
  'group-without-members',
  'replay-returned',
  'connection-failing',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** The worst first. */
export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

/**
 * Fires once what it measures was above `above` for `forMs`; is resolved once that was at or below `clearAt` for `clearForMs`. Between the two it stays
 * what it is, so that what sways around a limit is told once.
 */
export interface AlertRule {
  readonly name: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** Messages, milliseconds of age (`oldest-above`), or times the usual (`arrivals-unusual`); 0 where there is only yes or no. */
  readonly above: number;
  /** At most `above`. */
  readonly clearAt: number;
  readonly forMs: number;
  readonly clearForMs: number;
  /** The stretch that is counted, until an expiry, or for which something is called new. Means nothing to the other kinds. */
  readonly withinMs: number;
  /** `arrivals-unusual`: fewer than these in the stretch are never unusual. */
  readonly atLeast: number;
  /** Patterns of dead-letter queues, topics or connections, whatever it is about; `null` watches all. */
  readonly queues: readonly string[] | null;
  /** By name; `null` tells all. */
  readonly receivers: readonly string[] | null;
  /** Go along with each notification. */
  readonly labels: Readonly<Record<string, string>>;
  /** Comes with the console, and is named so by the configuration to be changed or switched off. */
  readonly builtIn: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** So many alerts of one rule stand by themselves; what is beyond is told as one. */
export const standingMax = 20;

/** Counts sway; what a person decides or a broker drops does not. */
const sways: ReadonlySet<AlertKind> = new Set([
  'depth-above',
  'arrivals-above',
  'arrivals-unusual',
  'oldest-above',
  'lag-above',
  'lag-unread',
  'group-without-members',
  'connection-failing',
]);

const usualWithinMs: Readonly<Record<AlertKind, number>> = {
  'new-group': hourMs,
  'regressed-group': 0,
  'depth-above': 0,
  'arrivals-above': 5 * minuteMs,
  'arrivals-unusual': hourMs,
  'oldest-above': 0,
  'expiring-within': 6 * hourMs,
  'lag-above': 0,
  'lag-unread': 0,
  'group-without-members': 0,
  'replay-returned': hourMs,
  'connection-failing': 0,
};

/** What a rule is where nothing else is said. */
export function usualRule(kind: AlertKind, name: string): AlertRule {
  return {
    name,
    kind,
    severity: 'warning',
    above: 0,
    clearAt: 0,
    forMs: 0,
    clearForMs: sways.has(kind) ? 2 * minuteMs : 0,
    withinMs: usualWithinMs[kind],
    atLeast: 10,
    queues: null,
    receivers: null,
    labels: {},
    builtIn: false,
  };
}

/** Where it counts as over again: a tenth below the limit. */
export function usualClearAt(above: number): number {
  return Math.floor(above * 0.9);
}

const usualLagMax = 10_000;

const usual = (kind: AlertKind, changes: Partial<AlertRule>): AlertRule => ({
  ...usualRule(kind, kind),
  builtIn: true,
  ...changes,
});

/** Watched without any configuration. */
export const builtInRules: readonly AlertRule[] = [
  usual('new-group', { severity: 'info' }),
  usual('regressed-group', {}),
  usual('expiring-within', {}),
  usual('lag-above', { above: usualLagMax, clearAt: usualClearAt(usualLagMax) }),
  usual('lag-unread', { forMs: 5 * minuteMs }),
  usual('group-without-members', { forMs: 5 * minuteMs }),
  usual('replay-returned', {}),
  // Half a round, so that it is told within two.
  usual('connection-failing', { severity: 'critical', forMs: 15_000 }),
];

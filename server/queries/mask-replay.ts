import type { ErrorRecord } from '#lib/domain/errors.ts';
import { type Destination, destinationLabel } from '#lib/domain/message.ts';
import type { PlannedDestination, Replay, ReplayItem, ReplayPlan } from '#lib/domain/replay.ts';
import { mark } from '#lib/masking/mark.ts';
import { maskDestination } from '#lib/masking/mask-message.ts';
import { maskEdit } from '#server/queries/mask-edit.ts';
import type { Masking } from '#lib/masking/masking.ts';

/** A replay as it may be read. Its sentences name places and receivers, which hold what messages say as often as their headers do. */
export function maskReplay(replay: Replay, masking: Masking): Replay {
  const chosen = replay.options.destination;
  const text = maskedTexts(replay, masking);
  return {
    ...replay,
    options: {
      ...replay.options,
      destination: chosen && maskDestination(chosen, masking),
      edit: replay.options.edit && maskEdit(replay.options.edit, masking),
    },
    reason: replay.reason === null ? null : text(replay.reason),
    sentence: text(replay.sentence),
    plan: maskPlan(replay.plan, text, masking),
    error: replay.error && maskError(replay.error, text),
  };
}

/** Masks what is said about a replay: its sentences name its places. */
export function maskedTexts({ plan, options }: Replay, masking: Masking): (value: string) => string {
  const { destinations, suggestions = [] } = plan;
  const chosen = options.destination ? [{ destination: options.destination }] : [];
  return textsAbout(
    [...destinations, ...suggestions, ...chosen].map(({ destination }) => destination),
    masking,
  );
}

/** An item's destination and reason. */
export function maskItem(item: ReplayItem, masking: Masking): Pick<ReplayItem, 'destination' | 'reason'> {
  const { destination, reason } = item;
  const text = textsAbout(destination === null ? [] : [destination], masking);
  return {
    destination: destination && maskDestination(destination, masking),
    reason: reason && maskError(reason, text),
  };
}

function maskPlan(plan: ReplayPlan, text: (value: string) => string, masking: Masking): ReplayPlan {
  const notes = (given: ReplayPlan['warnings']) => given.map((note) => ({ ...note, text: text(note.text) }));
  const destinations = plan.destinations.map((row): PlannedDestination => ({
    ...row,
    destination: maskDestination(row.destination, masking),
    receivers: row.receivers.map((receiver) => ({ ...receiver, name: text(receiver.name) })),
    notes: row.notes.map(text),
  }));
  const headerChanges = plan.headerChanges.map(({ name, value, ...change }) => ({
    ...change,
    name: text(name),
    value: value === null ? null : masking.headerRule(name) === null ? text(value) : mark,
  }));
  const suggestions = plan.suggestions?.map(({ destination, connection, why }) => ({
    destination: maskDestination(destination, masking),
    connection,
    why: text(why),
  }));
  const redirected = plan.redirected?.map(({ rule, count }) => ({ rule: text(rule), count }));
  return {
    ...plan,
    destinations,
    ...(suggestions && { suggestions }),
    ...(redirected && { redirected }),
    refusals: notes(plan.refusals),
    warnings: notes(plan.warnings),
    headerChanges,
  };
}

/** The code stays: programs act on it. */
function maskError(error: ErrorRecord, text: (value: string) => string): ErrorRecord {
  const { code, message, details } = error;
  if (!details) return { code, message: text(message) };
  const masked = Object.entries(details).map(([name, value]) => {
    if (typeof value === 'string') return [name, text(value)] as const;
    return [name, Array.isArray(value) ? value.map(text) : value] as const;
  });
  return { code, message: text(message), details: Object.fromEntries(masked) };
}

/** A name that is masked by itself may not be known for one in the middle of a sentence. */
function textsAbout(destinations: readonly Destination[], masking: Masking): (value: string) => string {
  const names = new Map<string, string>();
  for (const destination of destinations) {
    const shown = maskDestination(destination, masking);
    const pairs = [[destinationLabel(destination), destinationLabel(shown)], ...namePairs(destination, shown)] as const;
    for (const [name = '', by = ''] of pairs) if (name !== by) names.set(name, by);
  }
  const longestFirst = [...names].toSorted(([a], [b]) => b.length - a.length);
  return (value) => masking.text(longestFirst.reduce((said, [name, by]) => said.replaceAll(name, () => by), value));
}

function namePairs(destination: Destination, shown: Destination): readonly (readonly string[])[] {
  const names = namesOf(shown);
  return namesOf(destination).map((name, index) => [name, names[index] ?? mark]);
}

function namesOf(destination: Destination): readonly string[] {
  switch (destination.kind) {
    case 'kafka':
      return [destination.topic];
    case 'rabbitmq':
      return [destination.exchange, destination.routingKey];
    case 'sqs':
      return [destination.queue];
  }
}

import { countOf, formatCount } from '#components/ui/numbers.ts';
import { exactDuration } from '#components/ui/times.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { ReplayView } from '#lib/api/replays.ts';

type Plan = ReplayView['plan'];
type Options = ReplayView['options'];
type Note = Plan['warnings'][number];
type Receiver = Plan['destinations'][number]['receivers'][number];

/** `isNeeded`: what nobody receives is lost to everybody. A dead-letter queue needs nobody: there messages are kept. */
export function receiverMark(receiver: Receiver, isNeeded = true): { readonly tone: Tone; readonly word: string } {
  if (receiver.members === 0)
    return { tone: isNeeded ? 'failing' : 'plain', word: receiver.kind === 'queue' ? 'no consumers' : 'no members' };
  if (receiver.lag !== null)
    return {
      tone: !isNeeded ? 'plain' : receiver.lag > 1_000 ? 'attention' : 'settled',
      word: receiver.kind === 'queue' ? `${formatCount(receiver.lag)} waiting` : `lag ${formatCount(receiver.lag)}`,
    };
  if (receiver.members !== null)
    return { tone: 'settled', word: countOf(receiver.members, receiver.kind === 'queue' ? 'consumer' : 'member') };
  return { tone: 'plain', word: receiver.state };
}

/** What stays behind, in a sentence. */
export function removalSentence(plan: Pick<Plan, 'removes' | 'willSend'>): string {
  const one = plan.willSend === 1;
  switch (plan.removes) {
    case 'all':
      return one
        ? 'It is removed from its dead-letter queue after the broker has confirmed the send.'
        : 'Each is removed from its dead-letter queue after the broker has confirmed its send.';
    case 'none':
      return one
        ? 'It also stays where it is: nothing can be removed from a log. It is marked as replayed here.'
        : 'They also stay where they are: nothing can be removed from a log. They are marked as replayed here.';
    case 'some':
      return 'Those in queues are removed after their send is confirmed; those in topics stay, because nothing can be removed from a log. All are marked as replayed here.';
  }
}

/** A plan's note stands behind its count: of one message it says `is`, where it is written for several. */
export function noteWords({ count, text }: Pick<Note, 'count' | 'text'>): string {
  if (count !== 1) return text;
  const one = text.replace(
    /(^|, and )(are|were|have|hold|go|do)\b/g,
    (_, before: string, verb: string) => `${before}${singular[verb] ?? verb}`,
  );
  return one.replaceAll(' their ', ' its ').replaceAll(' they ', ' it ');
}

const singular: Readonly<Record<string, string>> = {
  are: 'is',
  were: 'was',
  have: 'has',
  hold: 'holds',
  go: 'goes',
  do: 'does',
};

/** What is different between two plans for the same messages, in sentences; empty where a reader would see no difference. */
export function planDifferences(before: Plan, after: Plan): readonly string[] {
  const differences: string[] = [];
  if (before.willSend !== after.willSend)
    differences.push(`${formatCount(after.willSend)} would be sent now, ${formatCount(before.willSend)} before.`);
  for (const kind of ['refusals', 'warnings'] as const) {
    // A code has several texts: one for each topic that is missing, one for each limit.
    const keyOf = ({ code, text }: Note) => `${code} ${text}`;
    const old = new Map(before[kind].map((note) => [keyOf(note), note]));
    for (const note of after[kind]) {
      const count = old.get(keyOf(note))?.count;
      old.delete(keyOf(note));
      if (count !== note.count)
        differences.push(
          `${kind === 'refusals' ? 'Refused' : 'Warning'}: ${formatCount(note.count)} ${noteWords(note)} (${formatCount(count ?? 0)} before).`,
        );
    }
    for (const gone of old.values()) differences.push(`No longer: ${formatCount(gone.count)} ${noteWords(gone)}.`);
  }
  const destinations = (plan: Plan) => new Set(plan.destinations.map((each) => `${each.connection} · ${each.label}`));
  const [was, is] = [destinations(before), destinations(after)];
  for (const name of is) if (!was.has(name)) differences.push(`Some go to ${name} now.`);
  for (const name of was) if (!is.has(name)) differences.push(`None go to ${name} any more.`);
  return differences;
}

/** The same of a replay that was confirmed, however much of it was sent so far or ever. */
export function pastRemovalSentence({ removes }: Pick<Plan, 'removes'>): string {
  switch (removes) {
    case 'all':
      return 'What the broker confirmed is removed from its dead-letter queue; anything else stays there.';
    case 'none':
      return 'Nothing is removed: they are in logs. What was sent is marked as replayed here.';
    case 'some':
      return 'What the broker confirmed is removed from queues; what is in topics stays. What was sent is marked as replayed here.';
  }
}

/** What has to be typed where the plan is dangerous. */
export function confirmationWord(plan: Pick<Plan, 'willSend'>): string {
  return String(plan.willSend);
}

/** `1, then 5, then 50, then the rest; …`. The rest is not waited for. */
export function canaryLabel(canary: Options['canary']): string {
  if (canary === null) return 'all at once';
  const steps = canary.steps.map((step) => formatCount(step)).join(', then ');
  const share = canary.badShareMax === 0 ? 'any of them' : `more than ${Math.round(canary.badShareMax * 100)} %`;
  return `${steps}, then the rest; each step before the rest is watched for ${exactDuration(canary.watchMs)}, and it pauses when ${share} come back, fail or are unknown`;
}

export function rateLabel(ratePerSecond: number | null): string {
  return ratePerSecond === null ? 'as fast as it goes' : `${formatCount(ratePerSecond)} a second`;
}

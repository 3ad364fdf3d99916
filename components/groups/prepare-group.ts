import type { Tone } from '#components/ui/pill.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { GroupDetail } from '#lib/api/groups.ts';
import { mark } from '#lib/masking/mark.ts';

type GroupReplay = GroupDetail['replays'][number];

/** What became of this group's messages in a replay: bad news before good, and never "succeeded". */
export function replayOutcome({ state, ofGroup }: Pick<GroupReplay, 'state' | 'ofGroup'>): {
  readonly tone: Tone;
  readonly words: string;
} {
  if (ofGroup === null) return { tone: 'attention', words: 'sent others, which came back as these' };
  const { sent, returned, returnedDifferent, unknown, failed } = ofGroup;
  if (state === 'planned') return { tone: 'plain', words: 'planned, nothing sent' };
  if (state === 'queued') return { tone: 'motion', words: 'about to send' };
  const said = `${formatCount(sent)} sent`;
  const different = returnedDifferent > 0 ? `, ${formatCount(returnedDifferent)} with a different error` : '';
  const bad = [
    ...(unknown > 0 ? [`${formatCount(unknown)} unknown`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(returned > 0 ? [`${formatCount(returned)} returned${different}`] : []),
  ];
  if (bad.length > 0) return { tone: 'attention', words: [said, ...bad].join(' · ') };
  switch (state) {
    case 'sending':
      return { tone: 'motion', words: `${said} so far` };
    case 'watching':
      return { tone: 'motion', words: `${said} · watching for returns` };
    case 'paused':
      return { tone: 'attention', words: `${said} · paused` };
    case 'stopped':
      return { tone: 'failing', words: `${said} · stopped` };
    case 'cancelled':
      return { tone: 'plain', words: `${said} · cancelled` };
    default:
      return sent === 0
        ? { tone: 'plain', words: 'nothing sent' }
        : { tone: 'settled', words: `${said} · not seen again` };
  }
}

/**
 * How many keys the group affects. Keys that each occur once say that no key is the cause, and that is worth saying. `null` where no message has a
 * key.
 */
export function keysAffected({ keys, keyCount }: Pick<GroupDetail, 'keys' | 'keyCount'>): {
  readonly count: string;
  readonly notes: readonly string[];
  readonly top: GroupDetail['keys'];
} | null {
  const { distinct, masked, among } = keyCount;
  if (distinct === 0 && masked === 0) return null;
  const isMasked = ({ value }: { readonly value: string }) => value.includes(mark);
  const top = keys.filter((key) => key.count > 1 && !isMasked(key));
  const hasSingles = keys.some((key) => key.count === 1 && !isMasked(key));
  const counted = among === null ? countOf(distinct, 'key') : `at least ${countOf(distinct, 'key')}`;
  return {
    count: distinct === 0 ? 'masked' : counted,
    notes: [
      ...(among === null ? [] : [`Counted among its newest ${countOf(among, 'message')}.`]),
      ...(top.length > 0
        ? ['Most frequent among its newest messages:']
        : hasSingles
          ? ['None is there twice among its newest messages.']
          : []),
      ...(masked > 0 ? [`${countOf(masked, 'message has', 'messages have')} a masked key.`] : []),
    ],
    top,
  };
}

/** Of which messages the counts of its replays are. */
export function replaysCounted({ replaysAmong }: Pick<GroupDetail, 'replaysAmong'>): string {
  return replaysAmong === null
    ? 'Each line counts messages of this group alone.'
    : `Each line counts this group alone, among the newest ${formatCount(replaysAmong)} of its messages that were replayed.`;
}

export interface GroupingPart {
  readonly name: string;
  /** A line each. */
  readonly values: readonly string[];
}

/** What the fingerprint was made of, in the order in which the explanation names it; what it was not made of is left out. */
export function groupingParts({ parts }: Pick<GroupDetail, 'parts'>): readonly GroupingPart[] {
  const of = (name: string, value: string | null) =>
    value === null || value === '' ? [] : [{ name, values: [value] }];
  return [
    ...of('Exception class', parts.errorClass),
    ...(parts.frames.length === 0 ? [] : [{ name: 'Top frames of your code', values: parts.frames }]),
    ...of('Normalised message', parts.message),
    ...of('Broker’s reason', parts.reason),
    ...of('Source', parts.source),
    ...of('Shape of the payload', parts.payloadShape),
    ...parts.attributes.flatMap(({ name, value }) => of(`Attribute ${name}`, value)),
  ];
}

export interface ActivityEntry {
  readonly at: number;
  readonly actor: string;
  readonly words: string;
  /** What stood in the way; `null` where it was done. */
  readonly refusal: string | null;
}

const actionWords: Readonly<Record<string, string>> = {
  'group.resolve': 'resolved it',
  'group.ignore': 'ignored it',
  'group.reopen': 'reopened it',
  'group.assign': 'changed its owner',
  'group.note': 'added a note',
  'group.merge': 'merged it into another group',
  'group.unmerge': 'took it out of another group',
  'group.split': 'split it',
  'group.join': 'joined its parts again',
};

/** What people did, in words; an action that this page does not know keeps its name. */
export function activityEntries(activity: GroupDetail['activity']): readonly ActivityEntry[] {
  return activity.map(({ at, actor, action, result }) => ({
    at,
    actor,
    words: actionWords[action] ?? action,
    refusal: result === 'done' ? null : result,
  }));
}

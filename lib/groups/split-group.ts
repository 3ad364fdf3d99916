import type { GroupSplit } from '#lib/domain/error-group.ts';
import { digestOf } from '#lib/fingerprint/digest.ts';
import type { Fingerprint } from '#lib/fingerprint/fingerprint.ts';

/** A fingerprint by which a letter is counted: its own, or that of the part of a group that a person has split. */
export interface GroupFingerprint extends Fingerprint {
  readonly splitFrom?: SplitOrigin;
}

export interface SplitOrigin {
  /** What the letter's group would be. */
  readonly group: Fingerprint;
  readonly by: GroupSplit['by'];
  /** For people. */
  readonly value: string;
}

const titleMax = 200;
const words = { queue: 'queue', type: 'event type' } as const;

/** The part of a group with this queue or event type; `null` where a message has none. The same wherever it is made. */
export function splitOff(group: Fingerprint, by: GroupSplit['by'], value: string | null): GroupFingerprint {
  return part(group, by, JSON.stringify(value), value ?? `no ${words[by]}`);
}

/** What stands for the further parts where there are too many to be kept apart. */
export function otherParts(group: Fingerprint, by: GroupSplit['by']): GroupFingerprint {
  return part(group, by, 'others', `other ${words[by]}s`);
}

function part(group: Fingerprint, by: GroupSplit['by'], identity: string, value: string): GroupFingerprint {
  const ending = ` · ${value.slice(0, titleMax / 2)}`;
  return {
    ...group,
    id: digestOf(`split\0${group.id}\0${by}\0${identity}`),
    title: `${group.title.slice(0, titleMax - ending.length)}${ending}`,
    explanation: `${group.explanation}, split by ${words[by]}`,
    splitFrom: { group, by, value },
  };
}

/** What each letter is counted by, while these groups are split. */
export function splitting(
  splits: readonly GroupSplit[],
): (group: Fingerprint, letter: { readonly queueId: string; readonly eventType: string | null }) => GroupFingerprint {
  const byOf = new Map(splits.map(({ fingerprint, by }) => [fingerprint, by]));
  return (group, { queueId, eventType }) => {
    const by = byOf.get(group.id);
    if (by === undefined) return group;
    return splitOff(group, by, by === 'queue' ? queueId : eventType);
  };
}

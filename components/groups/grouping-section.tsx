'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { GroupTitle } from '#components/groups/group-title.tsx';
import { groupingParts } from '#components/groups/prepare-group.ts';
import { RailSection } from '#components/groups/rail-section.tsx';
import type { GroupChanges } from '#components/groups/use-group-changes.ts';
import { groupHref } from '#components/shell/links.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Menu } from '#components/ui/menu.tsx';
import type { GroupDetail } from '#lib/api/groups.ts';

/** Why these messages are one problem, and how a person corrects it. */
export function GroupingSection({ group, changes }: { group: GroupDetail; changes: GroupChanges }) {
  return (
    <RailSection
      title="Why one group"
      actions={
        group.splitFrom === null &&
        group.splitBy === null && (
          <Menu
            title="Split this group"
            trigger={
              <button type="button" disabled={changes.isPending} className={buttonClass('quiet', 'small')}>
                Split
                <ChevronDown size={12} aria-hidden />
              </button>
            }
            items={[
              {
                label: 'By queue',
                detail: `${formatCount(group.queues.length)} now`,
                onChoose: () => changes.split(group, 'queue'),
              },
              { label: 'By event type', onChoose: () => changes.split(group, 'type') },
            ]}
          />
        )
      }
    >
      <p className="first-letter:uppercase">
        <HostileText text={group.explanation} charactersMax={300} />.
      </p>
      <dl className="mt-2 grid grid-cols-[minmax(0,1fr)] gap-1.5">
        {groupingParts(group).map((part) => (
          <div key={part.name}>
            <dt className="text-2xs text-faint">{part.name}</dt>
            {part.values.map((value, index) => (
              <dd key={index} className="font-mono text-xs/[18px] wrap-anywhere">
                <HostileText text={value} charactersMax={600} />
              </dd>
            ))}
          </div>
        ))}
        <div>
          <dt className="text-2xs text-faint">Fingerprint, version {group.version}</dt>
          <dd className="flex items-center gap-1 font-mono text-xs/[18px]">
            {group.fingerprint}
            <CopyButton text={group.fingerprint} label="Copy the fingerprint" className="-my-1" />
          </dd>
        </div>
      </dl>
      {group.splitBy && <SplitParts group={group} by={group.splitBy} changes={changes} />}
      {group.splitFrom && (
        <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1">
          <span>
            Split off{' '}
            <Link
              href={groupHref(group.splitFrom.fingerprint)}
              className="text-accent underline-offset-2 hover:underline"
            >
              another group
            </Link>{' '}
            by {group.splitFrom.by === 'queue' ? 'queue' : 'event type'}:{' '}
            <span className="font-mono text-xs">
              <HostileText text={group.splitFrom.value} charactersMax={160} />
            </span>
          </span>
          <SplitJoin group={group} splitFrom={group.splitFrom} changes={changes} />
        </p>
      )}
    </RailSection>
  );
}

function SplitJoin({
  group,
  splitFrom,
  changes,
}: {
  group: GroupDetail;
  splitFrom: NonNullable<GroupDetail['splitFrom']>;
  changes: GroupChanges;
}) {
  return (
    <Button
      size="small"
      disabled={changes.isPending}
      onClick={() => changes.join({ fingerprint: splitFrom.fingerprint, title: group.title }, splitFrom.by)}
    >
      Join again
    </Button>
  );
}

/** The groups that a person made of it, as far as its messages have been moved into them. */
function SplitParts({ group, by, changes }: { group: GroupDetail; by: 'queue' | 'type'; changes: GroupChanges }) {
  return (
    <div className="mt-2">
      <p className="flex items-center gap-2">
        <span className="flex-1">Split by {by === 'queue' ? 'queue' : 'event type'} into</span>
        <Button size="small" disabled={changes.isPending} onClick={() => changes.join(group, by)}>
          Join again
        </Button>
      </p>
      <ul className="mt-1 grid grid-cols-[minmax(0,1fr)] gap-1">
        {group.splitInto.map((part) => (
          <li key={part.fingerprint} className="flex gap-2">
            <OtherGroup group={part} />
          </li>
        ))}
      </ul>
      {group.splitInto.length === 0 && <p className="text-faint">Its messages are being moved.</p>}
    </div>
  );
}

/** What a person merged into it, each with the way out. */
export function MergedSection({ group, changes }: { group: GroupDetail; changes: GroupChanges }) {
  if (group.members.length === 0) return null;
  return (
    <RailSection title="Merged into it" marks={formatCount(group.members.length)}>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
        {group.members.map((member) => (
          <li key={member.fingerprint} className="flex items-center gap-2">
            <OtherGroup group={member} />
            <Button
              size="small"
              disabled={changes.isPending}
              aria-label={`Take ${member.title} out again`}
              onClick={() => changes.takeOut(member, group.fingerprint)}
            >
              Take out
            </Button>
          </li>
        ))}
      </ul>
    </RailSection>
  );
}

/** Whole, because groups that belong together differ at the end of their titles. */
function OtherGroup({ group }: { group: GroupDetail['members'][number] }) {
  return (
    <>
      <Link href={groupHref(group.fingerprint)} className="min-w-0 flex-1 wrap-anywhere hover:underline">
        <GroupTitle title={group.title} />
      </Link>
      <span className="font-semibold">{formatCount(group.count)}</span>
    </>
  );
}

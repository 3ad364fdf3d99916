import { CountList } from '#components/groups/count-list.tsx';
import { keysAffected } from '#components/groups/prepare-group.ts';
import { groupTerm } from '#components/groups/prepare-groups.ts';
import { RailSection } from '#components/groups/rail-section.tsx';
import { messagesHref } from '#components/shell/links.ts';
import type { GroupDetail } from '#lib/api/groups.ts';
import { serialise } from '#lib/filter/serialise.ts';

/** How many keys are affected, which are often the customers, and which of them most. */
export function GroupKeys({ group }: { group: GroupDetail }) {
  const affected = keysAffected(group);
  if (affected === null) return null;
  const term = groupTerm(group.fingerprint);
  return (
    <RailSection title="Keys" marks={affected.count}>
      {affected.notes.map((note) => (
        <p key={note} className="text-soft">
          {note}
        </p>
      ))}
      {affected.top.length > 0 && (
        <CountList
          places={affected.top.map(({ value, count }) => ({
            id: value,
            name: value === '' ? '""' : value,
            href: messagesHref(`${term} ${serialise({ kind: 'equals', field: 'key', value })}`),
            count,
            isCode: true,
          }))}
        />
      )}
    </RailSection>
  );
}

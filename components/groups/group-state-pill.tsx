import { BellOff, CircleCheck, CircleDot, CirclePlus, RotateCcw, TrendingUp, type LucideIcon } from 'lucide-react';
import { groupMeanings, groupTones } from '#components/groups/prepare-groups.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { GroupState } from '#lib/domain/error-group.ts';

const icons: Record<GroupState, LucideIcon> = {
  new: CirclePlus,
  escalating: TrendingUp,
  regressed: RotateCcw,
  ongoing: CircleDot,
  ignored: BellOff,
  resolved: CircleCheck,
};

/** With `shrinks` its word gives way on a phone; the icon's shape stays. */
export function GroupStatePill({ state, shrinks = false }: { state: GroupState; shrinks?: boolean }) {
  return (
    <span title={groupMeanings[state]} className="inline-flex">
      <Pill tone={groupTones[state]}>
        <StateIcon state={state} />
        <span className={shrinks ? 'max-md:sr-only' : undefined}>{state}</span>
      </Pill>
    </span>
  );
}

export function StateIcon({ state }: { state: GroupState }) {
  const Icon = icons[state];
  return <Icon size={12} strokeWidth={2.25} aria-hidden className="shrink-0" />;
}

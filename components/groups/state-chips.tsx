import clsx from 'clsx';
import { StateIcon } from '#components/groups/group-state-pill.tsx';
import { closedStates, groupMeanings, openStates } from '#components/groups/prepare-groups.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { GroupsResponse } from '#lib/api/groups.ts';
import { groupStates, type GroupState } from '#lib/domain/error-group.ts';

/** Which states the table shows, and how many groups each holds. The last one that is on stays on: a table of nothing helps nobody. */
export function StateChips({
  chosen,
  byState,
  onChoose,
}: {
  chosen: readonly GroupState[];
  /** `null` while nobody knows. */
  byState: GroupsResponse['byState'] | null;
  onChoose: (states: readonly GroupState[]) => void;
}) {
  const chip = (state: GroupState) => {
    const isOn = chosen.includes(state);
    const count = byState?.[state] ?? 0;
    return (
      <button
        key={state}
        type="button"
        aria-pressed={isOn}
        title={groupMeanings[state]}
        onClick={() => {
          const next = groupStates.filter((each) => (each === state ? !isOn : chosen.includes(each)));
          if (next.length > 0) onChoose(next);
        }}
        className={clsx(
          'inline-flex h-6 items-center gap-1.5 rounded-full border px-2 text-xs font-[550]',
          isOn ? 'border-control bg-panel text-text' : 'border-transparent text-soft hover:bg-hover hover:text-text',
        )}
      >
        <StateIcon state={state} />
        {state}
        <span className={clsx('min-w-2 text-left', count === 0 ? 'text-faint' : isOn && 'text-text')}>
          {byState === null ? '·' : formatCount(count)}
        </span>
      </button>
    );
  };
  return (
    <div role="group" aria-label="States" className="flex flex-wrap items-center gap-1">
      {openStates.map(chip)}
      <span aria-hidden className="mx-1.5 h-4 w-px bg-line-strong" />
      {closedStates.map(chip)}
    </div>
  );
}

import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/numbers.ts';

/** What is selected and what can be done with it. */
export function ActionBar({
  selected,
  hidden,
  matching,
  gathering,
  onSelectMatching,
  leftOut,
  tooMany,
  onAllMatching,
  isOfArchive,
  onClear,
  canReplay,
  onEdit,
  onReplay,
  onDiscard,
  onRestore,
}: {
  selected: number;
  /** Selected, but not among the rows that the table holds now. */
  hidden: number;
  /** All that match the filter; `null` where that is not more than what is selected, or too many to select. */
  matching: number | null;
  gathering: boolean;
  onSelectMatching: () => void;
  /** What all that match did not take; `null` where that is nothing. */
  leftOut: { readonly words: string; readonly onInclude: () => void } | null;
  /** All that match the filter, where they are too many to be picked one by one. */
  tooMany: { readonly count: number; readonly capped: boolean } | null;
  /** Replays all of them, or restores them. */
  onAllMatching: () => void;
  /** Only what was discarded is listed: it can be restored, and nothing else. */
  isOfArchive: boolean;
  onClear: () => void;
  /** Not while the filter that is typed cannot be read. */
  canReplay: boolean;
  onEdit: () => void;
  onReplay: () => void;
  onDiscard: () => void;
  onRestore: () => void;
}) {
  return (
    <div
      role="region"
      aria-label="Selection"
      className="absolute inset-x-2 bottom-4 z-20 mx-auto flex w-fit flex-wrap items-center gap-2 rounded-[10px] border border-line-strong bg-panel py-2 pr-2.5 pl-3.5 whitespace-nowrap shadow-float"
    >
      <span role="status">
        <b className="font-semibold">{formatCount(selected)} selected</b>
        {hidden > 0 && leftOut === null && (
          <span className="text-faint max-lg:hidden"> · {formatCount(hidden)} not in this view</span>
        )}
      </span>
      {leftOut !== null && (
        <span className="text-soft">
          · {leftOut.words}:{' '}
          <button
            type="button"
            onClick={leftOut.onInclude}
            className="rounded-sm underline underline-offset-[3px] hover:text-text"
          >
            include them
          </button>
        </span>
      )}
      {matching !== null && leftOut === null && (
        <button
          type="button"
          disabled={gathering}
          onClick={onSelectMatching}
          className="rounded-sm text-soft underline underline-offset-[3px] hover:text-text disabled:no-underline"
        >
          {gathering ? 'selecting…' : `all ${formatCount(matching)} matching`}
        </button>
      )}
      {tooMany !== null && (
        <button
          type="button"
          disabled={gathering}
          onClick={onAllMatching}
          className="rounded-sm text-soft underline underline-offset-[3px] hover:text-text disabled:no-underline"
        >
          {isOfArchive ? 'restore' : 'replay'} all {tooMany.capped && 'at least '}
          {formatCount(tooMany.count)} matching
        </button>
      )}
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
      {isOfArchive ? (
        <Button look="go" disabled={!canReplay} onClick={onRestore}>
          Restore
        </Button>
      ) : (
        <>
          <Button disabled={!canReplay} onClick={onDiscard}>
            Discard
          </Button>
          <Button
            keyHint="e"
            aria-label="Edit and replay"
            title="Edit and replay"
            disabled={!canReplay}
            onClick={onEdit}
          >
            Edit
          </Button>
          <Button look="go" keyHint="r" disabled={!canReplay} onClick={onReplay}>
            Replay
          </Button>
        </>
      )}
    </div>
  );
}

import Link from 'next/link';
import { itemNotes, itemPill } from '#components/replay/prepare-items.ts';
import { messageHref } from '#components/shell/links.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';

export const itemHeightPx = 52;

/** One message of a replay in two lines; what does not fit is in the title. */
export function ReplayItemLine({
  item,
  settledAt,
  ofReplay,
  top,
  onDecide,
}: {
  item: ReplayItemView;
  settledAt: number | null;
  ofReplay: ReplayView['state'];
  /** Pixels from the first row. */
  top: number;
  onDecide: (item: ReplayItemView) => void;
}) {
  const pill = itemPill(item, ofReplay);
  const notes = itemNotes(item, settledAt).join(' · ');
  const at = item.returned?.at ?? item.sentAt ?? item.intendedAt;
  return (
    <li
      style={{ transform: `translateY(${top}px)`, height: itemHeightPx }}
      className="absolute inset-x-0 top-0 flex flex-col justify-center border-b border-line px-3.5"
    >
      <div className="flex items-center gap-3">
        <span className="w-14 shrink-0 text-right text-faint">{formatCount(item.ordinal + 1)}</span>
        <Link
          href={messageHref(item.messageId)}
          prefetch={false}
          className="min-w-20 truncate font-mono text-xs text-accent underline-offset-2 hover:underline"
        >
          <HostileText text={item.identity} charactersMax={80} />
        </Link>
        <span className="min-w-0 flex-1 truncate text-soft">
          {item.destinationLabel !== null && (
            <>
              → <HostileText text={item.destinationLabel} charactersMax={120} />
            </>
          )}
          {item.sentPosition !== null && <span className="text-faint"> at {item.sentPosition}</span>}
        </span>
        {item.returned && (
          <Link
            href={messageHref(item.returned.messageId)}
            prefetch={false}
            className="shrink-0 text-xs text-accent underline-offset-2 hover:underline"
          >
            as this message
          </Link>
        )}
        {item.state === 'unknown' && (
          <Button size="small" onClick={() => onDecide(item)} aria-label={`Decide number ${item.ordinal + 1}`}>
            Decide
          </Button>
        )}
        {item.edited && <span className="shrink-0 text-xs text-soft">edited</span>}
        <Pill tone={pill.tone}>{pill.word}</Pill>
        <span className="w-14 shrink-0 text-right text-faint">{at !== null && <Instant at={at} inRow />}</span>
      </div>
      {notes !== '' && (
        <p className="truncate pl-[68px] text-soft" title={notes}>
          <HostileText text={notes} charactersMax={600} />
        </p>
      )}
    </li>
  );
}

import Link from 'next/link';
import { itemFacts, itemNotes, itemPill } from '#components/replay/prepare-items.ts';
import { messageHref } from '#components/shell/links.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import { itemNumber } from '#lib/replay/item-number.ts';

export const itemHeightPx = 52;

/** One message in two lines, which it is and what became of it; what does not fit is in the title. */
export function ReplayItemLine({
  item,
  replay,
  top,
  onDecide,
}: {
  item: ReplayItemView;
  replay: Pick<ReplayView, 'state' | 'settledAt' | 'options'>;
  /** Pixels from the first row. */
  top: number;
  onDecide: (item: ReplayItemView) => void;
}) {
  const pill = itemPill(item, replay);
  const facts = itemFacts(item).join(' · ');
  const notes = itemNotes(item, replay.settledAt, replay.options.action).join(' · ');
  const isReplay = replay.options.action === 'replay';
  const at = (isReplay ? item.returned?.at : item.restoredAt) ?? item.sentAt ?? item.settledAt ?? item.intendedAt;
  return (
    <li
      style={{ transform: `translateY(${top}px)`, height: itemHeightPx }}
      className="absolute inset-x-0 top-0 flex flex-col justify-center border-b border-line px-3.5"
    >
      <div className="flex items-center gap-3">
        <span className="w-14 shrink-0 text-right text-faint">{formatCount(itemNumber(item))}</span>
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
            {isReplay ? 'as this message' : 'back as this message'}
          </Link>
        )}
        {item.state === 'unknown' && (
          <Button size="small" onClick={() => onDecide(item)} aria-label={`Decide number ${itemNumber(item)}`}>
            Decide
          </Button>
        )}
        {item.edited && <span className="shrink-0 text-xs text-soft">edited</span>}
        <Pill tone={pill.tone}>{pill.word}</Pill>
        <span className="w-14 shrink-0 text-right text-faint">{at !== null && <Instant at={at} inRow />}</span>
      </div>
      <div className="flex gap-3 pl-[68px] text-xs">
        <p className="min-w-0 flex-1 basis-2/5 truncate text-soft" title={facts}>
          <HostileText text={facts} charactersMax={400} />
        </p>
        {notes !== '' && (
          <p className="min-w-0 flex-1 basis-3/5 truncate" title={notes}>
            <HostileText text={notes} charactersMax={600} />
          </p>
        )}
      </div>
    </li>
  );
}

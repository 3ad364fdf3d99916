import clsx from 'clsx';
import { Hourglass, TriangleAlert } from 'lucide-react';
import type { ShownExpiry } from '#components/expiry/prepare-expiry.ts';
import { toneText } from '#components/ui/pill.tsx';

/** How long there is left, with a sign beside the colour where it is short. */
export function ExpiryMark({
  expiry: { words, sentence, why, tone },
  whose,
  inSentence = false,
  className,
}: {
  expiry: ShownExpiry;
  whose: string;
  inSentence?: boolean;
  className?: string;
}) {
  return (
    <span title={why(whose)} className={clsx('inline-flex items-center gap-1', toneText[tone], className)}>
      {tone === 'failing' && <TriangleAlert size={12} role="img" aria-label="within three hours" />}
      {tone === 'attention' && <Hourglass size={11} role="img" aria-label="within a day" />}
      {inSentence ? sentence : words}
      <span className="sr-only">{`: ${why(whose)}`}</span>
    </span>
  );
}

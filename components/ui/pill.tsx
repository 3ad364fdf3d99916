import clsx from 'clsx';
import type { ReactNode } from 'react';

/** What a colour means; never shown without a word. */
export type Tone = 'failing' | 'attention' | 'motion' | 'settled' | 'plain';

const tones: Record<Tone, string> = {
  failing: 'bg-failing-soft text-failing',
  attention: 'bg-attention-soft text-attention',
  motion: 'bg-motion-soft text-motion',
  settled: 'bg-settled-soft text-settled',
  plain: 'bg-sunk text-soft',
};

export const toneText: Record<Tone, string> = {
  failing: 'text-failing',
  attention: 'text-attention',
  motion: 'text-motion',
  settled: 'text-settled',
  plain: 'text-soft',
};

export const toneFill: Record<Tone, string> = {
  failing: 'bg-failing',
  attention: 'bg-attention',
  motion: 'bg-motion',
  settled: 'bg-settled',
  plain: 'bg-faint',
};

export function Pill({
  tone = 'plain',
  children,
  className,
}: {
  tone?: Tone;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={clsx(
        'inline-flex h-5 max-w-full items-center gap-1 rounded-full px-2 text-[11.5px] font-[550] whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

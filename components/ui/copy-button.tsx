'use client';

import clsx from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { buttonClass } from '#components/ui/button.tsx';

/** Copies text and says so. `text` may be a function where making it is work. */
export function CopyButton({
  text,
  label,
  className,
  withWord,
}: {
  text: string | (() => string);
  label: string;
  className?: string;
  withWord?: string;
}) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');
  const says = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'The browser refused to copy' : label;
  return (
    <button
      type="button"
      aria-label={withWord && outcome === 'idle' ? undefined : says}
      title={says}
      className={clsx(
        withWord
          ? buttonClass()
          : 'inline-grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-hover hover:text-text',
        className,
      )}
      onClick={() => {
        navigator.clipboard.writeText(typeof text === 'function' ? text() : text).then(
          () => setOutcome('copied'),
          () => setOutcome('refused'),
        );
      }}
      onBlur={() => setOutcome('idle')}
      onMouseLeave={() => setOutcome('idle')}
    >
      {outcome === 'copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      {withWord && (outcome === 'copied' ? 'Copied' : withWord)}
    </button>
  );
}

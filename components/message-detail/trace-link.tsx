import clsx from 'clsx';
import { ExternalLink } from 'lucide-react';
import { CopyButton } from '#components/ui/copy-button.tsx';

/** Out to the tracing system, and its address for those who want it elsewhere. */
export function TraceLink({ href, isInline = false }: { href: string; isInline?: boolean }) {
  return (
    <span className={clsx(isInline ? 'inline-flex' : 'flex', 'items-center gap-1 font-sans')}>
      <a
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        className="inline-flex items-center gap-1 rounded-sm text-accent underline-offset-2 hover:underline"
      >
        Open the trace
        <ExternalLink size={11} aria-label="in a new tab" />
      </a>
      <CopyButton text={href} label="Copy link to the trace" className="-my-1" />
    </span>
  );
}

import clsx from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

export type ButtonLook = 'plain' | 'go' | 'quiet' | 'danger';

const looks: Record<ButtonLook, string> = {
  plain: 'border-line-strong bg-panel text-text hover:bg-hover',
  go: 'border-accent bg-accent text-on-accent hover:brightness-110',
  quiet: 'border-transparent bg-transparent text-soft hover:bg-hover hover:text-text',
  danger: 'border-failing bg-failing text-on-accent hover:brightness-110',
};

/** The shape of everything that is pressed; links that look like buttons use it too. */
export function buttonClass(look: ButtonLook = 'plain', size: 'normal' | 'small' | 'icon' = 'normal'): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border text-xs font-[550] whitespace-nowrap select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55',
    size === 'normal' && 'h-7 px-2.5',
    size === 'small' && 'h-6 px-2',
    size === 'icon' && 'size-7',
    looks[look],
  );
}

export function Button({
  look = 'plain',
  size = 'normal',
  keyHint,
  className,
  children,
  ...rest
}: ComponentProps<'button'> & {
  look?: ButtonLook;
  size?: 'normal' | 'small' | 'icon';
  keyHint?: string;
  children: ReactNode;
}) {
  return (
    <button type="button" className={clsx(buttonClass(look, size), className)} {...rest}>
      {children}
      {keyHint && <KeyHint>{keyHint}</KeyHint>}
    </button>
  );
}

export function KeyHint({ children }: { children: ReactNode }) {
  return (
    <kbd aria-hidden className="rounded border border-current/40 px-1 font-mono text-[10.5px] leading-4 font-medium">
      {children}
    </kbd>
  );
}

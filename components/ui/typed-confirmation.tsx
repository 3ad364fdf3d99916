import type { ComponentProps, ReactNode } from 'react';

/** What is dangerous is confirmed by typing what the sentence says. */
export function TypedConfirmation({
  value,
  onChange,
  onEnter,
  inputMode,
  children,
}: {
  value: string;
  onChange: (value: string) => void;
  /** Confirms it, where what was typed is right. */
  onEnter: () => void;
  inputMode?: ComponentProps<'input'>['inputMode'];
  children: ReactNode;
}) {
  return (
    <label className="grid gap-1">
      <span>{children}</span>
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          // A key that is held down since before means nothing here.
          if (event.key === 'Enter' && !event.repeat && !event.nativeEvent.isComposing) onEnter();
        }}
        inputMode={inputMode}
        autoComplete="off"
        className="h-8 rounded-md border border-control bg-panel px-2"
      />
    </label>
  );
}

import type { ComponentProps, ReactNode } from 'react';

/** What is dangerous is confirmed by typing what the sentence says. */
export function TypedConfirmation({
  value,
  onChange,
  inputMode,
  children,
}: {
  value: string;
  onChange: (value: string) => void;
  inputMode?: ComponentProps<'input'>['inputMode'];
  children: ReactNode;
}) {
  return (
    <label className="grid gap-1">
      <span>{children}</span>
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        inputMode={inputMode}
        autoComplete="off"
        className="h-8 rounded-md border border-control bg-panel px-2"
      />
    </label>
  );
}

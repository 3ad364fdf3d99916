'use client';

import { Switch as Base } from '@base-ui/react/switch';

export function Switch({
  label,
  checked,
  disabled = false,
  onChange,
}: {
  /** What it switches, for those who cannot see where it stands. */
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className="relative inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-control bg-sunk p-px transition-colors data-[checked]:border-settled data-[checked]:bg-settled data-[disabled]:opacity-55"
    >
      <Base.Thumb className="size-3.5 rounded-full bg-control transition-transform data-[checked]:translate-x-3.5 data-[checked]:bg-panel" />
    </Base.Root>
  );
}

import clsx from 'clsx';
import { Check, Minus } from 'lucide-react';

/** The drawing of a checkbox for grid cells: the row itself carries `aria-selected`, so this one is not a control of its own. */
export function CheckMark({ state }: { state: 'on' | 'off' | 'some' }) {
  return (
    <span
      aria-hidden
      className={clsx(
        'inline-grid size-3.5 place-items-center rounded-[3px] border-[1.5px]',
        state === 'off' ? 'border-control' : 'border-accent bg-accent text-on-accent',
      )}
    >
      {state === 'on' && <Check size={10} strokeWidth={3.5} />}
      {state === 'some' && <Minus size={10} strokeWidth={3.5} />}
    </span>
  );
}

/** The checkbox in the head of a table. */
export function SelectAll({
  state,
  label,
  disabled,
  onToggle,
}: {
  state: 'on' | 'off' | 'some';
  label: string;
  disabled: boolean;
  onToggle: () => void;
}) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={state === 'some' ? 'mixed' : state === 'on'}
      aria-label={label}
      disabled={disabled}
      onClick={onToggle}
      className="grid size-6 place-items-center"
    >
      <CheckMark state={state} />
    </button>
  );
}

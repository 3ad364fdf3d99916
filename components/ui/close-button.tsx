import { X } from 'lucide-react';
import { buttonClass } from '#components/ui/button.tsx';

/** Closes what stands beside the page, as Escape does. */
export function CloseButton({ label, onClose }: { label: string; onClose: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title="Close (Esc)"
      onClick={onClose}
      className={buttonClass('quiet', 'icon')}
    >
      <X size={14} aria-hidden />
    </button>
  );
}

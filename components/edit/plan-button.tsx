import { Button } from '#components/ui/button.tsx';
import { catchFocus } from '#components/ui/catch-focus.ts';

/** On from the editor to the plan. */
export function PlanButton({ canPlan, waits, onPlan }: { canPlan: boolean; waits: boolean; onPlan: () => void }) {
  return (
    <Button ref={catchFocus} look="go" keyHint="Ctrl ↵" disabled={!canPlan} onClick={onPlan}>
      {waits ? 'Planning when it is checked…' : 'Plan the replay'}
    </Button>
  );
}

/** How one gets on without a mouse. */
export function EditorKeys() {
  return (
    <p className="mt-0.5 text-2xs text-faint">
      <kbd className="font-mono">Ctrl</kbd> or <kbd className="font-mono">⌘</kbd> <kbd className="font-mono">Enter</kbd>{' '}
      plans the replay · <kbd className="font-mono">Tab</kbd> leaves the editor
    </p>
  );
}

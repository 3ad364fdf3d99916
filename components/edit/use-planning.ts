import { useState } from 'react';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { toast } from '#components/ui/toast.tsx';

/**
 * From editing to the plan, by its button or by Ctrl Enter, which also waits for the check of what was just typed. What is typed from then on leads
 * back: a plan is only of what stands in the editor.
 */
export function usePlanning({ hasEdit, canPlan }: { readonly hasEdit: boolean; readonly canPlan: boolean }) {
  const [asked, setAsked] = useState(false);
  const ask = () => {
    if (hasEdit) setAsked(true);
    else toast('Nothing is changed yet: what is changed is planned.');
  };
  const leave = () => setAsked(false);
  useHotkeys({ 'mod+enter': ask });
  return {
    /** The plan is to be shown. */
    planning: asked && canPlan,
    /** It is asked for and waits for the check, or for what the check found to be mended. */
    waits: asked && !canPlan,
    ask,
    leave,
    /** Whatever changes the edit. */
    typing(work: () => void) {
      leave();
      work();
    },
  };
}

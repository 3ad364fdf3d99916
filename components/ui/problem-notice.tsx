import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { catchFocus } from '#components/ui/catch-focus.ts';
import { AppError } from '#lib/domain/errors.ts';

/** An error for the person on call: what happened and what to do, as the error itself says it. */
export function ProblemNotice({
  error,
  action,
  onRetry,
  compact = false,
  catchesFocus = false,
}: {
  error: unknown;
  action?: ReactNode;
  onRetry?: () => void;
  compact?: boolean;
  /** Where it answers what was pressed, which was disabled meanwhile and so lost the focus. */
  catchesFocus?: boolean;
}) {
  const message =
    error instanceof Error ? error.message : 'Something went wrong in the console itself. Reload the page.';
  return (
    <div
      role="alert"
      {...(catchesFocus && { ref: catchFocus, tabIndex: -1 })}
      className={
        compact
          ? 'flex items-start gap-2 text-failing'
          : 'flex items-start gap-2 rounded-md bg-failing-soft px-3 py-2 text-failing'
      }
    >
      <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 break-words">
        <bdi>{message}</bdi>
        {error instanceof AppError && !isOutcome(error) && (
          <span className="ml-1.5 text-2xs opacity-80">
            (error code <code className="font-mono">{error.code}</code>)
          </span>
        )}
      </div>
      {action}
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What a person has to decide, and no fault that anybody looks up by its code: the sentence says all of it. */
function isOutcome({ code }: AppError): boolean {
  return code === 'stale_plan' || code === 'canary_failed';
}

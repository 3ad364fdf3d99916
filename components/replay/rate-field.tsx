import clsx from 'clsx';
import { useId, useState } from 'react';
import { rateProblem, rateText, readRate } from '#components/replay/prepare-rate.ts';

/** Another rate than the presets. Takes effect when the field is left or Enter is pressed: a plan for each digit would be waste. */
export function RateField({
  typed,
  onTyped,
  ratePerSecond,
  onRate,
}: {
  typed: string;
  onTyped: (typed: string) => void;
  /** The one that the plan is for. */
  ratePerSecond: number | null;
  onRate: (ratePerSecond: number) => void;
}) {
  const [tried, setTried] = useState(false);
  const problemId = useId();
  const problem = tried ? rateProblem(typed) : null;
  const commit = () => {
    setTried(true);
    const rate = readRate(typed);
    if (rate === null) return;
    onTyped(rateText(rate));
    if (rate !== ratePerSecond) onRate(rate);
  };
  return (
    <>
      <input
        inputMode="decimal"
        aria-label="Another rate, messages a second"
        {...(problem === null ? {} : { 'aria-invalid': true, 'aria-describedby': problemId })}
        placeholder="other"
        value={typed}
        autoComplete="off"
        onChange={(event) => {
          setTried(false);
          onTyped(event.target.value);
        }}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        className={clsx(
          'h-7 w-16 rounded-md border bg-panel px-2 text-xs placeholder:text-faint',
          problem === null ? 'border-control' : 'border-failing',
        )}
      />
      {problem !== null && (
        <p id={problemId} role="alert" className="basis-full text-xs text-failing">
          {problem}
        </p>
      )}
    </>
  );
}

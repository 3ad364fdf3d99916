import { Fragment } from 'react';
import type { SummaryPart } from '#components/replay/prepare-summary.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';

const optionNames: Readonly<Record<SummaryPart['option'], string>> = {
  where: 'Where to',
  rate: 'Rate',
  canary: 'First a few',
};

/** What the plan is for, beside the button that sends it: its options may be out of sight. Each leads to where it is chosen. */
export function PlanSummary({
  parts,
  onOption,
}: {
  parts: readonly SummaryPart[];
  /** Absent where they can no longer be changed. */
  onOption?: (option: SummaryPart['option']) => void;
}) {
  if (parts.length === 0) return null;
  return (
    <p className="text-xs break-words text-soft">
      {parts.map(({ option, words }, index) => {
        const said = <HostileText text={words} charactersMax={200} isName />;
        return (
          <Fragment key={option}>
            {index > 0 && ' · '}
            {onOption ? (
              <button
                type="button"
                title={`${optionNames[option]}: change it`}
                onClick={() => onOption(option)}
                className="rounded-sm text-left text-text underline decoration-line-strong underline-offset-3 hover:decoration-text"
              >
                {said}
              </button>
            ) : (
              <span className="text-text">{said}</span>
            )}
          </Fragment>
        );
      })}
    </p>
  );
}

/** To what is chosen of an option, or to the beginning where it cannot be chosen. */
export function goToOption(plan: HTMLElement | null, option: SummaryPart['option']): void {
  const chosen = plan?.querySelector<HTMLElement>(`[data-option=${option}] [role=radio][tabindex="0"]`);
  const place = chosen ?? plan?.querySelector<HTMLElement>('h3');
  place?.scrollIntoView({ block: 'center' });
  place?.focus({ preventScroll: true });
}

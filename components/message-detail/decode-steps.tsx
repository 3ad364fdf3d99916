import clsx from 'clsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { PayloadSchema, PayloadStep } from '#lib/api/messages.ts';

const outcomes: Record<PayloadStep['outcome'], { readonly word: string; readonly look: string }> = {
  applied: { word: 'used', look: 'text-text' },
  failed: { word: 'failed', look: 'text-attention' },
  declined: { word: 'not it', look: 'text-faint' },
};

/** What failed stands there at once; what was only tried is a click away. */
export function DecodeSteps({ steps, schema }: { steps: readonly PayloadStep[]; schema: PayloadSchema | null }) {
  if (steps.length === 0) return null;
  return (
    <div className="mt-2 text-xs">
      {steps
        .filter((step) => step.outcome === 'failed')
        .map((step, index) => (
          <p key={index} className="text-attention">
            {step.decoder}: <HostileText text={step.note} charactersMax={600} />
          </p>
        ))}
      {schema && (
        <p className="text-soft">
          Schema{' '}
          <span className="font-mono">
            <HostileText text={schemaLine(schema)} charactersMax={300} />
          </span>
        </p>
      )}
      <details>
        <summary className="w-fit cursor-pointer rounded-sm text-2xs text-faint hover:text-text">
          How it was decoded
        </summary>
        <ol className="mt-1.5 grid grid-cols-[max-content_max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-2xs">
          {steps.map((step, index) => (
            <li key={index} className={clsx('col-span-3 grid grid-cols-subgrid', outcomes[step.outcome].look)}>
              <span>{step.decoder}</span>
              <span>{outcomes[step.outcome].word}</span>
              <span className="min-w-0 break-words">
                <HostileText text={step.note} charactersMax={600} />
              </span>
            </li>
          ))}
        </ol>
      </details>
    </div>
  );
}

/** `com.shop.Order · orders-value version 3 · id 17` */
function schemaLine({ id, subject, version, name }: PayloadSchema): string {
  const where = subject === null ? null : version === null ? subject : `${subject} version ${version}`;
  return [name, where, `id ${id}`].filter((part) => part !== null).join(' · ');
}

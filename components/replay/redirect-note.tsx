import { redirectWords } from '#components/replay/prepare-destination.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf } from '#components/ui/numbers.ts';
import type { ReplayView } from '#lib/api/replays.ts';

/** That saved rules send messages elsewhere, or would, and the switch for it: nobody should find that out afterwards. */
export function RedirectNote({
  plan,
  options,
  onRedirects,
}: {
  plan: Pick<ReplayView['plan'], 'redirected' | 'total'>;
  options: Pick<ReplayView['options'], 'redirects' | 'destination'>;
  /** Absent where it can no longer be changed. */
  onRedirects?: (redirects: ReplayView['options']['redirects']) => void;
}) {
  const words = redirectWords(plan);
  if (words !== null)
    return (
      <div className="mb-2 flex flex-wrap items-center gap-2 rounded-md bg-attention-soft px-3 py-2 text-attention">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-semibold">{words}</p>
          <ul>
            {plan.redirected.map(({ rule, count }) => (
              <li key={rule} className="break-words">
                {countOf(count, 'message')} by <HostileText text={rule} charactersMax={80} />
              </li>
            ))}
          </ul>
        </div>
        {onRedirects && <Button onClick={() => onRedirects('ignore')}>Ignore redirect rules</Button>}
      </div>
    );
  if (options.redirects === 'apply' || options.destination !== null) return null;
  return (
    <div className="mb-2 flex flex-wrap items-center gap-2 rounded-md bg-sunk px-3 py-2 text-soft">
      <p className="min-w-0 flex-1">Redirect rules are ignored.</p>
      {onRedirects && <Button onClick={() => onRedirects('apply')}>Apply them</Button>}
    </div>
  );
}

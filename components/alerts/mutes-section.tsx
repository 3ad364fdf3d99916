'use client';

import { AlertSection } from '#components/alerts/alert-section.tsx';
import { muteWords } from '#components/alerts/prepare-alerts.ts';
import { Button } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import type { MuteRow } from '#lib/api/alerts.ts';

export function MutesSection({
  mutes,
  busy,
  onLift,
}: {
  mutes: readonly MuteRow[];
  busy: boolean;
  onLift: (muteId: string) => void;
}) {
  if (mutes.length === 0) return null;
  return (
    <AlertSection title="Mutes" count={mutes.length}>
      <ul>
        {mutes.map((mute) => (
          <li
            key={mute.id}
            className="flex min-h-[34px] items-center gap-3 border-b border-line px-2.5 py-1 last:border-b-0"
          >
            <span className="min-w-0 flex-1 break-words">
              <HostileText text={muteWords(mute)} charactersMax={300} />
              <span className="text-soft">
                {' · '}
                <HostileText text={mute.reason} charactersMax={300} /> · by {mute.by},{' '}
                <Instant at={mute.createdAt} suffix=" ago" />
              </span>
            </span>
            <span className="shrink-0 text-faint">
              {mute.until === null ? (
                'until it is lifted'
              ) : (
                <>
                  over <Instant at={mute.until} />
                </>
              )}
            </span>
            <Button
              size="small"
              aria-label={`Lift the mute of ${muteWords(mute)}`}
              disabled={busy}
              onClick={() => onLift(mute.id)}
            >
              Lift
            </Button>
          </li>
        ))}
      </ul>
    </AlertSection>
  );
}

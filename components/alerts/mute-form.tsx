'use client';

import { useState } from 'react';
import { muteScopes, muteSpans } from '#components/alerts/prepare-alerts.ts';
import type { NewMute } from '#components/queries/alerts.ts';
import { Button } from '#components/ui/button.tsx';
import type { AlertRow } from '#lib/api/alerts.ts';

/** What nobody is told of, for how long, and why: whoever comes next wants to know. */
export function MuteForm({ alert, busy, onMute }: { alert: AlertRow; busy: boolean; onMute: (mute: NewMute) => void }) {
  const scopes = muteScopes(alert);
  const [scope, setScope] = useState(0);
  const [span, setSpan] = useState(0);
  const [reason, setReason] = useState('');
  return (
    <form
      className="grid w-80 gap-2.5 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        onMute({ ...scopes[scope]?.scope, reason: reason.trim(), until: untilOf(muteSpans[span]?.spanMs ?? null) });
      }}
    >
      <label className="grid gap-1">
        <span className="row-title">Tell nobody of</span>
        <select value={scope} onChange={(event) => setScope(Number(event.target.value))} className={fieldClass}>
          {scopes.map(({ label }, index) => (
            <option key={label} value={index}>
              {label.length > 90 ? `${label.slice(0, 89)}…` : label}
            </option>
          ))}
        </select>
      </label>
      <label className="grid gap-1">
        <span className="row-title">For</span>
        <select value={span} onChange={(event) => setSpan(Number(event.target.value))} className={fieldClass}>
          {muteSpans.map(({ label }, index) => (
            <option key={label} value={index}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="grid gap-1">
        <span className="row-title">
          Why <span className="font-normal text-soft">(required)</span>
        </span>
        <input
          value={reason}
          required
          maxLength={500}
          autoComplete="off"
          placeholder="Known, a mend is on its way"
          onChange={(event) => setReason(event.target.value)}
          className={fieldClass}
        />
      </label>
      <p className="text-xs text-soft">It stays in sight here. What was told already is still told to be over.</p>
      <div>
        <Button type="submit" look="go" disabled={reason.trim() === '' || busy}>
          Mute
        </Button>
      </div>
    </form>
  );
}

/** From when it is sent. */
function untilOf(spanMs: number | null): number | null {
  return spanMs === null ? null : Date.now() + spanMs;
}

const fieldClass =
  'h-7 min-w-0 rounded-md border border-control bg-panel px-2 text-xs text-text placeholder:text-faint';

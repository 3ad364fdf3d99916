'use client';

import { Tooltip as Base } from '@base-ui/react/tooltip';
import clsx from 'clsx';
import { useNow } from '#components/ui/now.tsx';
import { exactTime, relativeTime, utcTime } from '#components/ui/times.ts';

const handle = Base.createHandle<number>();

/** Mounted once: the one tooltip that all instants share. */
export function InstantTooltip() {
  return (
    <Base.Root handle={handle}>
      {({ payload }) => (
        <Base.Portal>
          <Base.Positioner sideOffset={6} className="z-50">
            <Base.Popup className="rounded-md border border-line-strong bg-panel px-2 py-1 text-xs text-text shadow-float">
              {payload !== undefined && (
                <>
                  <div>{exactTime(payload)}</div>
                  <div className="text-faint">{utcTime(payload)}</div>
                </>
              )}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      )}
    </Base.Root>
  );
}

/** A time as people say it, with the exact instant and zone on hover and, unless in a table row, on focus. */
export function Instant({
  at,
  suffix = '',
  inRow = false,
  className,
}: {
  at: number;
  suffix?: string;
  inRow?: boolean;
  className?: string;
}) {
  const now = useNow();
  const relative = relativeTime(at, now);
  return (
    <Base.Trigger
      handle={handle}
      payload={at}
      render={<time dateTime={new Date(at).toISOString()} {...(inRow ? {} : { tabIndex: 0 })} />}
      className={clsx('rounded-sm whitespace-nowrap', className)}
    >
      {relative}
      {relative !== 'now' && !relative.startsWith('in ') && suffix}
    </Base.Trigger>
  );
}

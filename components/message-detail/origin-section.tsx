import { Filter } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatBytes } from '#components/ui/numbers.ts';
import type { MessageDetail } from '#lib/api/messages.ts';

/** Where it came from and what it is called; values that the filter knows can be filtered by. */
export function OriginSection({
  message,
  onFilter,
}: {
  message: MessageDetail;
  onFilter?: ((field: 'key' | 'type' | 'correlation' | 'event', value: string) => void) | undefined;
}) {
  const { origin } = message;
  const filter = (field: 'key' | 'type' | 'correlation' | 'event', value: string | null) =>
    onFilter && value !== null ? () => onFilter(field, value) : undefined;
  return (
    <div>
      <h2 className="mb-2 text-2xs font-semibold text-faint">Origin</h2>
      <dl>
        <Line
          name="goes back to"
          value={origin.label}
          empty="The message does not say where it came from: it cannot be put back by itself."
        />
        <Line name="failed in" value={origin.failedIn} />
        <Line name="position" value={origin.position} />
        <Line name="here as" value={message.identity} />
        <Line name="key" value={message.key} onFilter={filter('key', message.key)} />
        <Line name="event type" value={message.eventType} onFilter={filter('type', message.eventType)} />
        <Line name="event id" value={message.eventId} onFilter={filter('event', message.eventId)} />
        <Line
          name="correlation id"
          value={message.correlationId}
          onFilter={filter('correlation', message.correlationId)}
        />
        <Line name="trace id" value={message.traceId} />
        {message.originalAt !== null && (
          <Line name="produced">
            <Instant at={message.originalAt} suffix=" ago" className="font-sans" />
          </Line>
        )}
        <Line name="size" value={formatBytes(message.sizeBytes)} />
      </dl>
    </div>
  );
}

function Line({
  name,
  value,
  empty,
  onFilter,
  children,
}: {
  name: string;
  value?: string | null;
  empty?: string;
  onFilter?: (() => void) | undefined;
  children?: ReactNode;
}) {
  if (!children && (value === null || value === undefined) && empty === undefined) return null;
  return (
    <div className="group grid grid-cols-[minmax(96px,148px)_minmax(0,1fr)] gap-x-2.5 rounded-sm hover:bg-hover">
      <dt className="py-0.5 text-soft">{name}</dt>
      <dd className="flex min-w-0 items-start gap-1 py-0.5 font-mono text-xs/[19px]">
        <div className="min-w-0 flex-1 break-words">
          {children ??
            (value === null || value === undefined ? (
              <span className="font-sans text-attention">{empty}</span>
            ) : (
              <HostileText text={value} charactersMax={500} />
            ))}
        </div>
        {value !== null && value !== undefined && (
          <span className="-my-0.5 flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
            {onFilter && (
              <button
                type="button"
                aria-label={`Show only this ${name}`}
                title={`Show only this ${name}`}
                onClick={onFilter}
                className="grid size-6 place-items-center rounded text-faint hover:bg-hover hover:text-text"
              >
                <Filter size={12} aria-hidden />
              </button>
            )}
            <CopyButton text={value} label={`Copy ${name}`} />
          </span>
        )}
      </dd>
    </div>
  );
}

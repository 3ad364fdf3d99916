'use client';

import type { ReactNode } from 'react';
import { ExpiryMark } from '#components/expiry/expiry-mark.tsx';
import { shownExpiry } from '#components/expiry/prepare-expiry.ts';
import { isFilterableValue } from '#components/message-detail/message-actions.ts';
import { producedWords } from '#components/message-detail/prepare-history.ts';
import { ValueActions } from '#components/message-detail/value-actions.tsx';
import { TraceLink } from '#components/message-detail/trace-link.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { useNow } from '#components/ui/now.tsx';
import { formatBytes } from '#components/ui/numbers.ts';
import type { MessageDetail } from '#lib/api/messages.ts';
import type { Filter, ValueField } from '#lib/filter/filter.ts';

/** Where it came from and what it is called; values that the filter knows can be filtered by. */
export function OriginSection({ message }: { message: MessageDetail }) {
  const { origin } = message;
  return (
    <div>
      <h2 className="mb-2 text-2xs font-semibold text-faint">Origin</h2>
      <dl>
        <Line
          name="goes back to"
          value={origin.label}
          condition={within(origin.label)}
          empty="The message does not say where it came from: it cannot be put back by itself."
        />
        <Line name="failed in" value={origin.failedIn} />
        <Line name="position" value={origin.position} />
        <Line name="message" value={message.originalRecord} />
        <Line name="here as" value={message.identity} />
        <Line name="key" value={readableKey(message)} condition={is('key', message.keyValue)} />
        <Line name="event type" value={message.eventType} condition={is('type', message.eventType)} />
        <Line name="event id" value={message.eventId} condition={is('event', message.eventId)} />
        <Line
          name="correlation id"
          value={message.correlationId}
          condition={is('correlation', message.correlationId)}
        />
        <Line name="causation id" value={message.causationId} condition={is('causation', message.causationId)} />
        <Line
          name="trace id"
          value={message.traceId}
          condition={is('trace', message.traceId)}
          link={message.traceHref !== null && <TraceLink href={message.traceHref} />}
        />
        {message.originalAt !== null && (
          <Line name={producedWords(message).label}>
            <Instant at={message.originalAt} suffix=" ago" className="font-sans" />
          </Line>
        )}
        <ExpiryLine message={message} />
        <Line name="size" value={formatBytes(message.sizeBytes)} />
      </dl>
    </div>
  );
}

/** When the broker deletes it by itself, where it still holds it and tells. */
function ExpiryLine({ message }: { message: MessageDetail }) {
  const now = useNow();
  if (message.expires === null) return null;
  const expiry = shownExpiry(message.expires, now);
  return (
    <Line name="kept">
      <ExpiryMark expiry={expiry} whose="this message" inSentence className="font-sans" />
    </Line>
  );
}

/** Decoded where it is more than text: its bytes in hex say nothing to people. */
function readableKey({ key, keyPayload }: MessageDetail): string | null {
  const decoded = keyPayload?.pretty ?? keyPayload?.raw ?? null;
  if (decoded === null) return key;
  const line = decoded.replace(/\s+/g, ' ');
  return line.length > keyCharactersMax ? `${line.slice(0, keyCharactersMax)}…` : line;
}

const keyCharactersMax = 200;

function is(field: ValueField, value: string | null): Filter | null {
  return value !== null && isFilterableValue(value) ? { kind: 'equals', field, value } : null;
}

function within(origin: string | null): Filter | null {
  return origin !== null && isFilterableValue(origin) ? { kind: 'contains', field: 'origin', value: origin } : null;
}

function Line({
  name,
  value,
  empty,
  condition = null,
  link,
  children,
}: {
  name: string;
  value?: string | null;
  empty?: string;
  condition?: Filter | null;
  /** The way to where more is known of it. */
  link?: ReactNode;
  children?: ReactNode;
}) {
  if (!children && (value === null || value === undefined) && empty === undefined) return null;
  return (
    <div className="group relative grid grid-cols-[minmax(96px,148px)_minmax(0,1fr)] gap-x-2.5 rounded-sm hover:bg-hover">
      <dt className="py-0.5 text-soft">{name}</dt>
      <dd className="flex min-w-0 items-start gap-1 py-0.5 font-mono text-xs/[19px]">
        <div className="min-w-0 flex-1 break-words">
          {children ??
            (value === null || value === undefined ? (
              <span className="font-sans text-attention">{empty}</span>
            ) : (
              <HostileText text={value} charactersMax={500} />
            ))}
          {link}
        </div>
        {value !== null && value !== undefined && <ValueActions name={name} value={value} condition={condition} />}
      </dd>
    </div>
  );
}

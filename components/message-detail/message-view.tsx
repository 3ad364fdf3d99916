import Link from 'next/link';
import type { ReactNode } from 'react';
import { FailureWords, StackTrace } from '#components/message-detail/failure-section.tsx';
import { HeadersSection } from '#components/message-detail/headers-section.tsx';
import { HistorySection } from '#components/message-detail/history-section.tsx';
import { FilterBy, isFilterable, OpenMessage } from '#components/message-detail/message-actions.ts';
import { hasNeighbours, NeighboursSection } from '#components/message-detail/neighbours-section.tsx';
import { OriginSection } from '#components/message-detail/origin-section.tsx';
import { KeySection, PayloadSection } from '#components/message-detail/payload-section.tsx';
import { RelativesSection } from '#components/message-detail/relatives-section.tsx';
import { ReturnNote } from '#components/message-detail/return-note.tsx';
import { groupHref } from '#components/shell/links.ts';
import type { MessageDetail } from '#lib/api/messages.ts';
import type { Filter } from '#lib/filter/filter.ts';

/** Everything about one message, what went wrong first. The same beside a table and on a page of its own. */
export function MessageView({
  message,
  head,
  onCondition,
  onOpen = null,
}: {
  message: MessageDetail;
  /** State, links and actions; they differ by where it stands. */
  head: ReactNode;
  /** What "show only this" does beside a value. */
  onCondition: (condition: Filter) => void;
  /** Where another message is opened; without it on its page. */
  onOpen?: ((messageId: string) => void) | null;
}) {
  const filterBy = { onCondition, payload: isFilterable(message.payload) };
  return (
    <OpenMessage value={onOpen}>
      <FilterBy value={filterBy}>
        <Section>
          {head}
          <FailureWords message={message} />
          <p className="mt-1 text-xs">
            <Link
              href={groupHref(message.fingerprint)}
              prefetch={false}
              className="rounded-sm text-accent underline-offset-2 hover:underline"
            >
              All of this problem
            </Link>
          </p>
          <ReturnNote message={message} />
        </Section>
        {message.stackTrace !== null && message.frames.length > 0 && (
          <Section>
            <StackTrace frames={message.frames} stackTrace={message.stackTrace} />
          </Section>
        )}
        <Section>
          <PayloadSection messageId={message.id} payload={message.payload} originalRecord={message.originalRecord} />
        </Section>
        {message.keyPayload && (
          <Section>
            <KeySection payload={message.keyPayload} />
          </Section>
        )}
        <Section>
          <OriginSection message={message} />
        </Section>
        <Section>
          <HeadersSection title="Headers" headers={message.headers} conventions={message.conventions} />
        </Section>
        {message.properties.length > 0 && (
          <Section>
            <HeadersSection title="Properties" headers={message.properties} />
          </Section>
        )}
        <Section>
          <HistorySection message={message} />
        </Section>
        {(message.correlationId !== null || message.causationId !== null) && (
          <Section>
            <RelativesSection message={message} />
          </Section>
        )}
        {message.key !== null && hasNeighbours(message) && (
          <Section>
            <NeighboursSection message={message} keyText={message.keyValue ?? message.key} />
          </Section>
        )}
      </FilterBy>
    </OpenMessage>
  );
}

function Section({ children }: { children: ReactNode }) {
  return <section className="border-b border-line px-4 py-3 last:border-0 empty:hidden">{children}</section>;
}

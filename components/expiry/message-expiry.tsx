'use client';

import { useQuery } from '@tanstack/react-query';
import { ExpiryMark } from '#components/expiry/expiry-mark.tsx';
import { expiryOfMessage } from '#components/expiry/prepare-expiry.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { useNow } from '#components/ui/now.tsx';
import type { MessageRow } from '#lib/api/messages.ts';

/** In a list: when the broker deletes a message that is still to be dealt with, where somebody should hurry. */
export function UrgentExpiry({ row, className }: { row: MessageRow; className?: string }) {
  const now = useNow();
  const { data } = useQuery(overviewQueryOptions());
  const expiry = expiryOfMessage(row, data?.queues, now);
  const isDealtWith = row.state === 'replayed' || row.state === 'discarded';
  if (!expiry || expiry.tone === 'plain' || isDealtWith) return null;
  return <ExpiryMark expiry={expiry} whose="this message" {...(className !== undefined && { className })} />;
}

import type { Metadata } from 'next';
import { readOneMessage, readTable } from '#app/first-reads.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { withoutField } from '#components/queue-screen/prepare-terms.ts';
import { loadQueueUrl } from '#components/queue-screen/queue-url.ts';
import { TriageScreen } from '#components/queue-screen/triage-screen.tsx';

export const metadata: Metadata = { title: 'All dead letters' };

export default async function MessagesPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { filter, range, order, message } = await loadQueueUrl(searchParams);
  return (
    <Prefetched
      read={async (client) => {
        await Promise.all([
          readTable(client, { filter, range, order }, withoutField(filter, 'group').rest, ''),
          message === null ? null : readOneMessage(client, message),
        ]);
      }}
    >
      <TriageScreen queueId={null} />
    </Prefetched>
  );
}

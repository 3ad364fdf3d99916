import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { readOneMessage, readTable } from '#app/first-reads.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { loadQueueUrl } from '#components/queue-screen/queue-url.ts';
import { TriageScreen } from '#components/queue-screen/triage-screen.tsx';
import { pageFilter } from '#components/queue-screen/page-filter.ts';
import { withoutField } from '#components/queue-screen/prepare-terms.ts';
import { queueIdOfParam } from '#components/shell/links.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

interface Props {
  params: Promise<{ queueId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  // Next 16.4 hands the parameter to this function decoded, and to the page as it stands in the address.
  return { title: splitQueueId((await params).queueId)?.name ?? 'Not found' };
}

export default async function QueuePage({ params, searchParams }: Props) {
  const queueId = queueIdOfParam((await params).queueId);
  if (queueId === null) notFound();
  const { filter, range, order, message } = await loadQueueUrl(searchParams);
  return (
    <Prefetched
      read={async (client) => {
        await Promise.all([
          readTable(
            client,
            { filter: pageFilter(queueId, filter), range, order },
            pageFilter(queueId, withoutField(filter, 'group').rest),
            pageFilter(queueId, ''),
          ),
          message === null ? null : readOneMessage(client, message),
        ]);
      }}
    >
      <TriageScreen key={queueId} queueId={queueId} />
    </Prefetched>
  );
}

import type { Metadata } from 'next';
import { readOneMessage } from '#app/first-reads.ts';
import { MessageScreen } from '#components/message-detail/message-screen.tsx';
import { Prefetched } from '#components/queries/prefetched.tsx';

export const metadata: Metadata = { title: 'Message' };

export default async function MessagePage({ params }: { params: Promise<{ messageId: string }> }) {
  const { messageId } = await params;
  return (
    <Prefetched read={(client) => readOneMessage(client, messageId)}>
      <MessageScreen key={messageId} messageId={messageId} />
    </Prefetched>
  );
}

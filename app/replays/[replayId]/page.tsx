import type { Metadata } from 'next';
import { readOneReplay } from '#app/first-reads.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { ReplayScreen } from '#components/replay/replay-screen.tsx';

interface Props {
  params: Promise<{ replayId: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { replayId } = await params;
  return { title: /^\d{1,9}$/.test(replayId) ? `Replay ${replayId}` : 'Replay' };
}

export default async function ReplayPage({ params }: Props) {
  const { replayId } = await params;
  return (
    <Prefetched read={(client) => readOneReplay(client, replayId)}>
      <ReplayScreen key={replayId} replayId={replayId} />
    </Prefetched>
  );
}

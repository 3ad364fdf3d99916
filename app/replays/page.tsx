import type { Metadata } from 'next';
import { readFrame } from '#app/first-reads.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { ReplaysScreen } from '#components/replay/replays-screen.tsx';

export const metadata: Metadata = { title: 'Replays' };

export default function ReplaysPage() {
  return (
    <Prefetched read={readFrame}>
      <ReplaysScreen />
    </Prefetched>
  );
}

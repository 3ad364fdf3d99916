import type { Metadata } from 'next';
import { ReplaysScreen } from '#components/replay/replays-screen.tsx';

export const metadata: Metadata = { title: 'Replays' };

export default function ReplaysPage() {
  return <ReplaysScreen />;
}

import type { Metadata } from 'next';
import { readLagTable } from '#app/lag-reads.ts';
import { LagScreen } from '#components/lag/lag-screen.tsx';
import { Prefetched } from '#components/queries/prefetched.tsx';

export const metadata: Metadata = { title: 'Lag' };

export default function LagPage() {
  return (
    <Prefetched read={readLagTable}>
      <LagScreen />
    </Prefetched>
  );
}

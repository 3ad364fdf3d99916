import type { Metadata } from 'next';
import { GroupScreen } from '#components/groups/group-screen.tsx';

export const metadata: Metadata = { title: 'Group' };

export default async function GroupPage({ params }: { params: Promise<{ fingerprint: string }> }) {
  const { fingerprint } = await params;
  return <GroupScreen key={fingerprint} fingerprint={fingerprint} />;
}

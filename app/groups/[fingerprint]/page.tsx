import type { Metadata } from 'next';
import { readOneGroup } from '#app/group-reads.ts';
import { GroupScreen } from '#components/groups/group-screen.tsx';
import { loadGroupUrl } from '#components/groups/groups-url.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';

export const metadata: Metadata = { title: 'Group' };

interface Props {
  params: Promise<{ fingerprint: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function GroupPage({ params, searchParams }: Props) {
  const { fingerprint } = await params;
  const { range } = await loadGroupUrl(searchParams);
  return (
    <Prefetched read={(client) => readOneGroup(client, fingerprint, range)}>
      <GroupScreen key={fingerprint} fingerprint={fingerprint} />
    </Prefetched>
  );
}

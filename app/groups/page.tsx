import type { Metadata } from 'next';
import { readGroupTable } from '#app/group-reads.ts';
import { GroupsScreen } from '#components/groups/groups-screen.tsx';
import { loadGroupsUrl } from '#components/groups/groups-url.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';

export const metadata: Metadata = { title: 'Groups' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function GroupsPage({ searchParams }: Props) {
  const view = await loadGroupsUrl(searchParams);
  return (
    <Prefetched read={(client) => readGroupTable(client, view)}>
      <GroupsScreen />
    </Prefetched>
  );
}

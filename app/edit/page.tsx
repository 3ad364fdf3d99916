import type { Metadata } from 'next';
import { EditPage } from '#components/edit/edit-page.tsx';

export const metadata: Metadata = { title: 'Edit and replay' };

export default async function Page({ searchParams }: { searchParams: Promise<Record<string, string | string[]>> }) {
  const given = Object.entries(await searchParams).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, each] as [string, string]),
  );
  const search = new URLSearchParams(given).toString();
  return <EditPage key={search} search={search} />;
}

import type { Metadata } from 'next';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { settingsQueryOptions } from '#components/queries/settings.ts';
import { SettingsScreen } from '#components/settings/settings-screen.tsx';
import { runtime } from '#server/http/runtime.ts';
import { readSettings } from '#server/queries/settings.ts';

export const metadata: Metadata = { title: 'Settings' };

export default function SettingsPage() {
  return (
    <Prefetched
      read={(client) => client.prefetchQuery({ ...settingsQueryOptions(), queryFn: () => readSettings(runtime()) })}
    >
      <SettingsScreen />
    </Prefetched>
  );
}

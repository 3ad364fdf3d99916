'use client';

import { useQuery } from '@tanstack/react-query';
import { settingsQueryOptions } from '#components/queries/settings.ts';
import { AlertsPanel } from '#components/settings/alerts-panel.tsx';
import { ConnectionTable } from '#components/settings/connection-table.tsx';
import { SettingPanels } from '#components/settings/setting-panels.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

/** What the console is connected to and what holds in it. It is changed in the configuration, not here. */
export function SettingsScreen() {
  const { data, error, refetch } = useQuery(settingsQueryOptions());
  return (
    <>
      <PageHeader title="Settings" note="what is connected and in force; it is changed in the configuration" />
      <div className="min-h-0 flex-1 overflow-auto p-4 max-md:p-2">
        <div className="grid gap-3">
          {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
          {!data && !error && (
            <div className="overflow-hidden rounded-lg border border-line bg-panel">
              <SkeletonRows count={6} rowClass="h-[38px]" label="Reading the settings" />
            </div>
          )}
          {data && <ConnectionTable connections={data.connections} settings={data.settings} />}
          {data?.settings && <AlertsPanel settings={data.settings} />}
          {data && <SettingPanels response={data} />}
        </div>
      </div>
    </>
  );
}

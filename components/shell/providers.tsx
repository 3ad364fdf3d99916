'use client';

import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { useState, type ReactNode } from 'react';
import { LiveChanges } from '#components/queries/live-changes.tsx';
import { FocusOnArrival } from '#components/shell/focus-on-arrival.tsx';
import { createQueryClient } from '#components/shell/query-client.ts';
import { InstantTooltip } from '#components/ui/instant.tsx';
import { NowProvider } from '#components/ui/now.tsx';
import { Toasts } from '#components/ui/toast.tsx';
import { TooltipProvider } from '#components/ui/tooltip-provider.tsx';

export function Providers({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <NuqsAdapter>
          <NowProvider renderedAt={renderedAt}>
            <TooltipProvider>
              <LiveChanges />
              <FocusOnArrival />
              {children}
              <InstantTooltip />
              <Toasts />
            </TooltipProvider>
          </NowProvider>
        </NuqsAdapter>
      </QueryClientProvider>
    </CSPProvider>
  );
}

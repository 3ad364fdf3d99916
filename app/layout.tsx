import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './globals.css';

import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { readFrame } from '#app/first-reads.ts';
import { readChangedGroups } from '#app/group-reads.ts';
import { Prefetched } from '#components/queries/prefetched.tsx';
import { Providers } from '#components/shell/providers.tsx';
import { Sidebar } from '#components/shell/sidebar.tsx';
import { themeCookie, themeOf } from '#components/shell/theme.ts';

export const metadata: Metadata = {
  title: { default: 'Redeliver', template: '%s · Redeliver' },
  description: 'Dead letters of Kafka, RabbitMQ and SQS: read, understood, and put back carefully.',
  icons: '/icon.svg',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f4f4f6' },
    { media: '(prefers-color-scheme: dark)', color: '#1f1f24' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  const theme = themeOf((await cookies()).get(themeCookie)?.value);
  return (
    <html lang="en" {...(theme === 'system' ? {} : { 'data-theme': theme })}>
      <body>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-panel focus:p-2"
        >
          Skip to the page
        </a>
        <Providers renderedAt={Date.now()}>
          <Prefetched
            read={async (client) => {
              await Promise.all([readFrame(client), readChangedGroups(client)]);
            }}
          >
            <div className="grid h-dvh grid-cols-[224px_minmax(0,1fr)] max-lg:grid-cols-[196px_minmax(0,1fr)] max-md:grid-cols-[minmax(0,1fr)] max-md:grid-rows-[auto_minmax(0,1fr)]">
              <Sidebar theme={theme} />
              <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col outline-none">
                {children}
              </main>
            </div>
          </Prefetched>
        </Providers>
      </body>
    </html>
  );
}

'use client';

import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { apiPath } from '#components/queries/api-client.ts';
import { messagesKey } from '#components/queries/messages.ts';
import { overviewKey } from '#components/queries/overview.ts';
import { replayQueryOptions, replaysKey } from '#components/queries/replays.ts';
import { sandboxKey } from '#components/queries/sandbox.ts';
import { replay } from '#lib/api/replays.ts';

const everyMs = 1_000;

/** Mounted once: reads again what is on the screen when something changed on the server, at most once a second, and not while nobody looks. */
export function LiveChanges() {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let missed = false;
    const refresh = () => {
      timer = undefined;
      if (document.hidden) missed = true;
      else invalidateShown(client);
    };
    const onChange = () => (timer ??= setTimeout(refresh, everyMs));
    const onVisible = () => {
      if (document.hidden || !missed) return;
      missed = false;
      invalidateShown(client);
    };
    const source = new EventSource(apiPath('events'));
    source.addEventListener('change', onChange);
    // After a break of the connection, changes may have been missed.
    source.addEventListener('open', onChange);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      source.close();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client]);
  return null;
}

function invalidateShown(client: QueryClient): void {
  for (const queryKey of [overviewKey, [...messagesKey, 'fresh'], [...messagesKey, 'errors'], ['message'], replaysKey, sandboxKey]) {
    void client.invalidateQueries({ queryKey, refetchType: 'active' }, { cancelRefetch: false });
  }
}

/** Keeps one replay's view as new as the engine's last word while its page is open. */
export function useReplayEvents(replayId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource(apiPath(`replays/${encodeURIComponent(replayId)}/events`));
    source.addEventListener('replay', (event: MessageEvent<string>) => {
      const parsed = replay.safeParse(JSON.parse(event.data));
      if (parsed.success) client.setQueryData(replayQueryOptions(replayId).queryKey, parsed.data);
    });
    return () => source.close();
  }, [client, replayId]);
}

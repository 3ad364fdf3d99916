'use client';

import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { alertsKey } from '#components/queries/alerts.ts';
import { apiPath } from '#components/queries/api-client.ts';
import { facetsKey } from '#components/queries/facets.ts';
import { groupsKey } from '#components/queries/groups.ts';
import { messagesKey } from '#components/queries/messages.ts';
import { overviewKey } from '#components/queries/overview.ts';
import { replayQueryOptions, replaysKey } from '#components/queries/replays.ts';
import { sandboxKey } from '#components/queries/sandbox.ts';
import { timelineKey } from '#components/queries/timeline.ts';
import { replay, replayProgress } from '#lib/api/replays.ts';

const everyMs = 1_000;

/**
 * Mounted once: reads again what is on the screen when something changed on the server, at most once a second, and not while nobody looks.
 * While the server cannot be heard it says so, because everything on the screen is then old.
 */
export function LiveChanges() {
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        invalidateShown(client);
      }, everyMs);
    };
    // After a break, and while nobody looked, changes may have been missed: opening counts as one.
    const stop = listenWhileVisible('events', {
      change: soon,
      open: () => {
        setLost(false);
        soon();
      },
      error: () => setLost(true),
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  if (!lost) return null;
  return (
    <div
      role="status"
      className="fixed bottom-4 left-1/2 z-40 -translate-x-1/2 rounded-md border border-failing bg-failing-soft px-3 py-1.5 text-failing shadow-float"
    >
      The console does not answer: what you see may be old. Trying again…
    </div>
  );
}

function invalidateShown(client: QueryClient): void {
  for (const queryKey of [
    overviewKey,
    [...messagesKey, 'fresh'],
    [...messagesKey, 'neighbours'],
    timelineKey,
    facetsKey,
    ['message'],
    groupsKey,
    replaysKey,
    sandboxKey,
    alertsKey,
  ]) {
    const readAgain = () => client.invalidateQueries({ queryKey, refetchType: 'active' }, { cancelRefetch: false });
    // A reading that was under way may have looked before the change: once it is over, it is asked again. Breaking it off would starve slow ones.
    const wasReading = client.isFetching({ queryKey, type: 'active' }) > 0;
    const done = readAgain();
    if (wasReading) void done.then(readAgain);
  }
}

/** Keeps one replay's view as new as the engine's last word while its page is open. */
export function useReplayEvents(replayId: string): void {
  const client = useQueryClient();
  useEffect(
    () =>
      listenWhileVisible(`replays/${encodeURIComponent(replayId)}/events`, {
        replay: (event) => {
          const parsed = replay.safeParse(JSON.parse(String(event.data)));
          if (parsed.success) client.setQueryData(replayQueryOptions(replayId).queryKey, parsed.data);
        },
        progress: (event) => {
          const parsed = replayProgress.safeParse(JSON.parse(String(event.data)));
          if (!parsed.success) return;
          client.setQueryData(replayQueryOptions(replayId).queryKey, (known) => known && { ...known, ...parsed.data });
        },
      }),
    [client, replayId],
  );
}

/**
 * Listens to server-sent events while the tab can be seen. A browser keeps at most six connections to a server over HTTP/1.1, all tabs
 * together: streams of hidden tabs would use them up and the console would stand still.
 */
function listenWhileVisible(
  path: string,
  listeners: Readonly<Record<string, (event: MessageEvent) => void>>,
): () => void {
  let source: EventSource | null = null;
  const follow = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (source === null) {
      source = new EventSource(apiPath(path));
      for (const [name, listener] of Object.entries(listeners)) source.addEventListener(name, listener);
    }
  };
  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    source?.close();
  };
}

import { MessageLink } from '#components/message-detail/message-link.tsx';
import { errorLine, stateTones } from '#components/message-table/prepare-rows.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { ListedMessage } from '#lib/api/messages.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

/** Other messages, a line each; their queue is named where it is another one than `queueId`. */
export function MessageLines({ messages, queueId }: { messages: readonly ListedMessage[]; queueId: string }) {
  return (
    <ul>
      {messages.map((row) => {
        const says = errorLine(row);
        return (
          <li key={row.id} className="flex h-7 items-center gap-2.5 rounded-sm hover:bg-hover">
            <span className="w-14 shrink-0 text-faint">
              <Instant at={row.at} inRow />
            </span>
            <span className="min-w-0 flex-1 truncate">
              <MessageLink messageId={row.id}>
                {says === null ? 'no error text' : <HostileText text={says} charactersMax={160} />}
              </MessageLink>
            </span>
            {row.queueId !== queueId && (
              <span className="max-w-32 truncate text-xs text-faint" title={row.queueId}>
                <HostileText text={splitQueueId(row.queueId)?.name ?? row.queueId} charactersMax={80} />
              </span>
            )}
            <Pill tone={stateTones[row.state]}>{row.state}</Pill>
          </li>
        );
      })}
    </ul>
  );
}

import { RefreshCw } from 'lucide-react';
import { ExpiryMark } from '#components/expiry/expiry-mark.tsx';
import { shownExpiry } from '#components/expiry/prepare-expiry.ts';
import { OriginLag } from '#components/lag/origin-lag.tsx';
import { readerHealth } from '#components/overview/prepare-overview.ts';
import { depthFacts } from '#components/queue-screen/prepare-depth.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { QueueRow } from '#lib/api/queues.ts';

const kinds: Record<QueueRow['kind'], string> = { kafka: 'Kafka', rabbitmq: 'RabbitMQ', sqs: 'SQS' };

/** Name, broker, reader; below it what is in the queue and what reading costs; then, where there is one, what stands in the way of reading. */
export function QueueHeader({
  name,
  queue,
  now,
  reading,
  onRead,
  onMoveAll,
}: {
  name: string;
  queue: QueueRow | null;
  now: number;
  reading: boolean;
  onRead: (insist: boolean) => void;
  /** Absent where the broker has no means of its own, or a part of the queue is shown. */
  onMoveAll?: (() => void) | undefined;
}) {
  const health = queue && readerHealth(queue, now);
  const expiry = queue?.expiresNext ? shownExpiry(queue.expiresNext, now) : null;
  return (
    <>
      <PageHeader
        title={<HostileText text={name} charactersMax={160} />}
        marks={
          queue &&
          health && (
            <>
              <span className="contents max-xl:hidden">
                <Pill>
                  {kinds[queue.kind]} · {queue.capabilities.description}
                </Pill>
              </span>
              <Pill tone={health.tone}>{health.word}</Pill>
              {expiry && (
                <Pill tone={expiry.tone}>
                  <span className="max-xl:hidden">oldest</span>
                  <ExpiryMark expiry={expiry} whose="its oldest message" inSentence />
                </Pill>
              )}
              <OriginLag queue={queue} />
              <button
                type="button"
                aria-label="Read the queue now"
                title="Read the queue now"
                disabled={reading || queue.reader.kind === 'syncing'}
                onClick={() => onRead(false)}
                className={buttonClass('quiet', 'icon')}
              >
                <RefreshCw size={13} aria-hidden />
              </button>
              {onMoveAll && (
                <Button size="small" onClick={onMoveAll}>
                  Move everything…
                </Button>
              )}
            </>
          )
        }
      />
      {queue && <QueueNote queue={queue} />}
      {/* How far back a queue is known while it is read, the timeline below says. */}
      {queue && health?.why && health.tone !== 'motion' && (
        <div
          role="status"
          className="flex items-start gap-3 border-b border-line bg-attention-soft px-4 py-1.5 text-attention"
        >
          <p className="min-w-0 flex-1 break-words">
            <HostileText text={health.why} />
          </p>
          {health.canInsist && (
            <Button size="small" disabled={reading} onClick={() => onRead(true)}>
              Read anyway
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function QueueNote({ queue }: { queue: QueueRow }) {
  const cost = queue.capabilities.costs[0];
  const origins =
    queue.origins.length === 0
      ? null
      : queue.origins.length === 1
        ? `from ${queue.origins[0]}`
        : `from ${countOf(queue.origins.length, 'origin')}`;
  const facts = [
    ...depthFacts(queue),
    origins,
    queue.heldByOthers !== null && queue.heldByOthers > 0
      ? `${countOf(queue.heldByOthers, 'message')} held by others`
      : null,
    // Why it is not read stands below, and that is its cost.
    queue.reader.kind === 'refused'
      ? null
      : cost
        ? cost.text
        : queue.capabilities.browse === 'log'
          ? 'read without a consumer group'
          : null,
  ].filter((fact) => fact !== null);
  const note = facts.join(' · ');
  return (
    // A line of its own: what reading costs must not be cut, however little room there is beside the name.
    <p className="border-b border-line bg-panel px-4 py-1 text-xs leading-4 break-words text-faint max-md:px-2">
      <HostileText text={note} charactersMax={600} />
    </p>
  );
}

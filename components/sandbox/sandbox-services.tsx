import Link from 'next/link';
import { queueHref } from '#components/shell/links.ts';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { SandboxState } from '#lib/api/sandbox.ts';

type Service = SandboxState['services'][number];

export function SandboxServices({
  services,
  pendingId,
  error,
  onMend,
}: {
  services: readonly Service[];
  pendingId: string | null;
  error: unknown;
  onMend: (id: string, mended: boolean) => void;
}) {
  return (
    <div className="w-[600px] max-w-full">
      <div className="border-b border-line px-4 py-2.5">
        <h2 className="text-sm font-semibold">The sandbox: a small shop</h2>
        <p className="text-soft">
          Its services really consume, and really fail until they are mended. Replay a message before, and it comes
          back; mend, replay again, and it stays gone. What they processed and failed counts from the start of the
          console; their queues also hold the failures of the days before.
        </p>
      </div>
      {error !== null && error !== undefined && (
        <div className="p-2">
          <ProblemNotice error={error} />
        </div>
      )}
      <ul>
        {services.map((service) => (
          <li key={service.id} className="flex items-start gap-3 border-b border-line px-4 py-2 last:border-0">
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap gap-x-2">
                <span className="font-semibold">{service.name}</span>
                <span className="text-xs text-faint">
                  reads {service.source} ·{' '}
                  {service.running
                    ? `${formatCount(service.processed)} processed, ${formatCount(service.failed)} failed`
                    : 'not running: its broker is not started'}
                </span>
                <Link
                  href={queueHref(`${service.connection}/${service.deadLetterQueue}`)}
                  className="ml-auto text-xs text-accent underline-offset-2 hover:underline"
                >
                  dead letters
                </Link>
              </p>
              <p className={service.mended ? 'text-faint line-through' : 'text-soft'}>{service.problem}</p>
            </div>
            <div className="flex w-[92px] shrink-0 items-center justify-end gap-2">
              <span
                className={service.mended ? 'text-xs font-[550] text-settled' : 'text-xs font-[550] text-attention'}
              >
                {service.mended ? 'mended' : 'broken'}
              </span>
              <Switch
                label={`Mend ${service.name}`}
                checked={service.mended}
                disabled={!service.running || pendingId === service.id}
                onChange={(mended) => onMend(service.id, mended)}
              />
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

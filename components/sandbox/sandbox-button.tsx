'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { mendService, sandboxKey, sandboxQueryOptions } from '#components/queries/sandbox.ts';
import { SandboxServices } from '#components/sandbox/sandbox-services.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Popover } from '#components/ui/popover.tsx';

/** There while the sandbox runs, on every page. */
export function SandboxButton() {
  const client = useQueryClient();
  const { data: sandbox } = useQuery({ ...sandboxQueryOptions(), refetchInterval: 5_000 });
  const mend = useMutation({
    mutationFn: ({ id, mended }: { id: string; mended: boolean }) => mendService(id, mended),
    onSuccess: (answer) => client.setQueryData(sandboxKey, answer),
  });
  if (!sandbox) return null;
  const broken = sandbox.services.filter((service) => !service.mended).length;
  return (
    <Popover
      title="The sandbox's services"
      side="top"
      align="start"
      trigger={
        <button type="button" className={`${buttonClass()} h-8! w-full justify-start!`}>
          <FlaskConical size={13} aria-hidden className={broken > 0 ? 'text-attention' : 'text-settled'} />
          <span className="max-md:sr-only">Sandbox</span>
          <span className={broken > 0 ? 'ml-auto text-attention' : 'ml-auto text-settled'}>
            {broken > 0 ? `${broken} of ${sandbox.services.length} broken` : 'all mended'}
          </span>
        </button>
      }
    >
      <SandboxServices
        services={sandbox.services}
        pendingId={mend.isPending ? mend.variables.id : null}
        error={mend.error}
        onMend={(id, mended) => mend.mutate({ id, mended })}
      />
    </Popover>
  );
}

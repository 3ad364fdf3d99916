'use client';

import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <>
      <PageHeader title="This page broke" />
      <Empty
        title="This page could not be drawn"
        action={
          <Button look="go" onClick={reset}>
            Try again
          </Button>
        }
      >
        Nothing was sent or removed by it; replays that were running go on.
        {error.digest && <> The console’s log has the reason under {error.digest}.</>}
      </Empty>
    </>
  );
}

import type { Metadata } from 'next';
import Link from 'next/link';
import { PageHeader } from '#components/shell/page-header.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <Empty
        title="There is nothing at this address"
        action={
          <Link href="/" className={buttonClass('go')}>
            All dead-letter queues
          </Link>
        }
      >
        The link may have been cut when it was pasted, or it names a queue, message or replay that this console never
        saw.
      </Empty>
    </>
  );
}

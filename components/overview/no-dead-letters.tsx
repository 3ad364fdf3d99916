'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { noLetterWords } from '#components/overview/prepare-overview.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';

/** Where no dead letter of any queue is: that there is none can be said only of connections that answer. */
export function NoDeadLetters() {
  const { data } = useQuery(overviewQueryOptions());
  const { title, text } = noLetterWords(data?.connections ?? []);
  return (
    <Empty
      title={title}
      action={
        <Link href="/" className={buttonClass()}>
          All dead-letter queues
        </Link>
      }
    >
      {text}
    </Empty>
  );
}

'use client';

import Link from 'next/link';
import { useContext, type ReactNode } from 'react';
import { OpenMessage } from '#components/message-detail/message-actions.ts';
import { messageHref } from '#components/shell/links.ts';

/** The way to another message: beside the table where this one stands there, else to its page. With a modifier it is a link like any other. */
export function MessageLink({ messageId, children }: { messageId: string; children: ReactNode }) {
  const onOpen = useContext(OpenMessage);
  return (
    <Link
      href={messageHref(messageId)}
      prefetch={false}
      onClick={(event) => {
        if (!onOpen || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(messageId);
      }}
      className="rounded-sm text-accent underline underline-offset-2"
    >
      {children}
    </Link>
  );
}

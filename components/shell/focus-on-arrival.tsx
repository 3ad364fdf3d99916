'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { focusPageTitle } from '#components/shell/page-title.ts';

/**
 * A link within a page goes away with it, and the focus with the link: it is then where the new page begins, and not before the sidebar. What has the focus still,
 * or has taken it on the new page, keeps it.
 */
export function FocusOnArrival() {
  const path = usePathname();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    if (document.activeElement === null || document.activeElement === document.body) focusPageTitle();
  }, [path]);
  return null;
}

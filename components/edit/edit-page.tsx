'use client';

import dynamic from 'next/dynamic';

/** The screen and its editor are loaded where somebody edits, and nowhere else. */
export const EditPage = dynamic(() => import('#components/edit/edit-screen.tsx').then((module) => module.EditScreen), {
  ssr: false,
});

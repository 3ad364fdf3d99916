import { useState } from 'react';

/** What was asked by whom the answer on the screen is: while a new one is on its way the last one stands there, beside what is asked now. */
export function useAnswered(asked: string, isPlaceholderData: boolean): string {
  const [answered, setAnswered] = useState(asked);
  if (!isPlaceholderData && answered !== asked) setAnswered(asked);
  return isPlaceholderData ? answered : asked;
}

/** How it looks then; with `aria-busy` beside it. An answer that comes at once is not announced by a flash. */
export const ofBefore = 'opacity-75 grayscale transition-[opacity,filter] delay-150';

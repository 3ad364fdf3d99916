import { useRef, useState } from 'react';

const pauseMs = 350;

/** A value that changes with every key, and what it was when the typing last paused. */
export function useSettled<Value>(initial: Value): {
  readonly value: Value;
  readonly settled: Value;
  set(next: Value): void;
} {
  const [value, setValue] = useState(initial);
  const [settled, setSettled] = useState(initial);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  return {
    value,
    settled,
    set(next) {
      setValue(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setSettled(next), pauseMs);
    },
  };
}

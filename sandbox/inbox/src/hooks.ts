import { useEffect, useReducer, useState } from 'preact/hooks';
import type { Store } from './model';

/** Draws the component again when the store has changed, at most once a frame. */
export function useStore(store: Store): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let frame = 0;
    const drawSoon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        draw(undefined);
      });
    };
    const unsubscribe = store.subscribe(drawSoon);
    // It may have changed between the first drawing and now.
    drawSoon();
    return () => {
      cancelAnimationFrame(frame);
      unsubscribe();
    };
  }, [store]);
}

/** The time, again and again. */
export function useClock(now: () => number, every: number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return time;
}

import { useCallback, useRef, useState } from 'react';

/** Width of an element in pixels, kept up to date: a block may be narrow on a wide screen. */
export function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(() => (typeof window === 'undefined' ? 1200 : window.innerWidth));
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (!element) return;
    observer.current = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    observer.current.observe(element);
    setWidth(Math.round(element.clientWidth));
  }, []);
  return [ref, width];
}

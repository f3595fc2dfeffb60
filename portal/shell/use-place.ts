import { useEffect, useState } from 'preact/hooks';
import { focusHeading } from './focus.ts';
import { type Place, readPlace } from './route.ts';

/** Where the reader is. Arriving somewhere moves the focus to its heading. */
export function usePlace(onMove: () => void): Place {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const moved = () => {
      onMove();
      setPlace(readPlace(location.hash));
      scrollTo(0, 0);
      requestAnimationFrame(focusHeading);
    };
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}

import type { Screen } from './route.ts';

/** One stroke each, in the colour of the words beside it. */
const strokes: Partial<Record<Screen, string>> = {
  home: 'M4 11.5 12 5l8 6.5V20H4z',
  requests: 'M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4',
  add: 'M12 5v14M5 12h14',
  history: 'M12 7v5l3.5 2M12 4a8 8 0 1 1-8 8 8 8 0 0 1 8-8z',
  more: 'M5 7h14M5 12h14M5 17h14',
};

export function Icon({ of }: { of: Screen }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class="icon">
      <path d={strokes[of] ?? ''} />
    </svg>
  );
}

import { useWords } from '../shell/portal.ts';
import type { PortalKey } from '../words/words.ts';

interface WrongTextProps {
  id: string;
  /** Nothing is wrong without it. */
  wrong: PortalKey | undefined;
}

/** What is wrong with a group of fields, below it. The group names it by its id. */
export function WrongText({ id, wrong }: WrongTextProps) {
  const words = useWords();
  if (wrong === undefined) return null;
  return (
    <p class="wrong-text" id={id} role="alert">
      {words.say(wrong)}
    </p>
  );
}

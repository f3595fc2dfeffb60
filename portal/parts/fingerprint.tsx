import { fingerprintGroups } from '../../lib/sharing/fingerprint-groups.ts';
import { useWords } from '../shell/portal.ts';

/** A key's or certificate's fingerprint in groups, so that two can be compared by eye. Copying gives it without the gaps. */
export function Fingerprint({ of }: { of: string }) {
  const words = useWords();
  return (
    <code class="fingerprint" role="img" aria-label={words.say('portal.fingerprint_value', { fingerprint: of })}>
      {fingerprintGroups(of).map((group, index) => (
        <span key={`${index}${group}`}>{group}</span>
      ))}
    </code>
  );
}

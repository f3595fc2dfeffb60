import { useWords } from '../shell/portal.ts';

/** A key's or certificate's fingerprint in groups, so that two can be compared by eye. Copying gives it without the gaps. */
export function Fingerprint({ of }: { of: string }) {
  const words = useWords();
  const groups = of.match(of.includes(':') ? /(?:\w+:?){1,4}/g : /.{1,6}/g) ?? [];
  return (
    <code class="fingerprint" role="img" aria-label={words.say('portal.fingerprint_value', { fingerprint: of })}>
      {groups.map((group, index) => (
        <span key={`${index}${group}`}>{group}</span>
      ))}
    </code>
  );
}

import { useId } from 'preact/hooks';

interface ChoiceProps {
  label: string;
  value: string;
  /** Value and words of each. */
  offered: readonly (readonly [string, string])[];
  onValue(value: string): void;
  wrong?: string | undefined;
}

/** One of several, as the browser shows such a list on this device. */
export function Choice({ label, value, offered, onValue, wrong }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={wrong !== undefined}
        {...(wrong && { 'aria-describedby': `${id}-wrong` })}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {offered.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
      {wrong && (
        <p class="wrong-text" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

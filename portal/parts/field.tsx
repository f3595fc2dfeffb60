import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  value: string;
  onValue(value: string): void;
  type?: 'text' | 'password' | 'search' | 'datetime-local' | 'time';
  autocomplete?: string;
  help?: string | undefined;
  wrong?: string | undefined;
  longest?: number;
  least?: number;
  required?: boolean;
}

/** One field with its label, its help and what is wrong with it, tied together for screen readers. */
export function Field(props: FieldProps) {
  const { label, value, onValue, type = 'text', autocomplete = 'off', help, wrong, required = false } = props;
  const id = useId();
  const described = [help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        // Its types allow each kind of field by itself only, not one that is yet to be known.
        type={type as 'text'}
        value={value}
        autocomplete={autocomplete}
        spellcheck={false}
        autocapitalize="none"
        required={required}
        {...(props.longest === undefined ? {} : { maxLength: props.longest })}
        {...(props.least === undefined ? {} : { minLength: props.least })}
        {...(described === '' ? {} : { 'aria-describedby': described })}
        aria-invalid={wrong !== undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {help && (
        <p class="soft" id={`${id}-help`}>
          {help}
        </p>
      )}
      {wrong && (
        <p class="wrong-text" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

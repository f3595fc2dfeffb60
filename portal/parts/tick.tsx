interface TickProps {
  label: string;
  ticked: boolean;
  /** Of several with this name, one is ticked. */
  radio?: string;
  onTick(): void;
}

/** A box or a dot with its words; the whole line takes the finger. */
export function Tick({ label, ticked, radio, onTick }: TickProps) {
  const kind = radio === undefined ? { type: 'checkbox' as const } : { type: 'radio' as const, name: radio };
  return (
    <label class="tick">
      <input {...kind} checked={ticked} onChange={onTick} />
      <span>{label}</span>
    </label>
  );
}

interface TickProps {
  label: string;
  ticked: boolean;
  /** Of several with this name, one is ticked. */
  radio?: string;
  /** The id of what explains it. */
  describedBy?: string;
  onTick(): void;
}

/** A box or a dot with its words; the whole line takes the finger. */
export function Tick({ label, ticked, radio, describedBy, onTick }: TickProps) {
  const kind = radio === undefined ? { type: 'checkbox' as const } : { type: 'radio' as const, name: radio };
  const described = describedBy === undefined ? {} : { 'aria-describedby': describedBy };
  return (
    <label class="tick">
      <input {...kind} checked={ticked} onChange={onTick} {...described} />
      <span>{label}</span>
    </label>
  );
}

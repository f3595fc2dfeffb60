import { say } from '../../sharing/say.ts';
import { StoreError } from '../../store/errors.ts';

/** A fault of ours for the log: its kind, never its content, which may quote what was sent; of the store, what to do about it. */
export function faultWords(fault: unknown): string {
  if (fault instanceof StoreError) return say(fault.hint);
  if (!(fault instanceof Error)) return 'something that is not an error was thrown';
  return 'code' in fault && typeof fault.code === 'string' ? `${fault.name} ${fault.code}` : fault.name;
}

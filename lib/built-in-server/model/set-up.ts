import { hashesTo, newId, sha256 } from './ids.ts';

const LIFE_MS = 15 * 60 * 1000;
const MOST_CODES = 5;

/** Set-up codes: single use, 15 minutes, known by their hash only, and only while an owner may be made. In memory: a restart ends them. */
export interface SetUp {
  /** May an owner be made now: there is none, or this start was asked to reset it? */
  open(): boolean;
  /** A new code, or nothing once it is set up. Of more than five, the oldest stops working. */
  newCode(): string | undefined;
  /** Is this code good now? Changes nothing. */
  valid(code: string): boolean;
  /** An owner was made: every code is used up. Call it in the transaction that found the code valid. */
  done(): void;
}

export function createSetUp(options: { anyOwner(): boolean; resetOwner: boolean; nowMs(): number }): SetUp {
  let codes: { hash: string; untilMs: number }[] = [];
  let resetting = options.resetOwner;
  const open = () => resetting || !options.anyOwner();
  const find = (code: string) => {
    codes = codes.filter(({ untilMs }) => options.nowMs() < untilMs);
    return open() ? codes.find(({ hash }) => hashesTo(code, hash)) : undefined;
  };
  return {
    open,
    newCode() {
      if (!open()) return undefined;
      const code = newId('');
      codes = [...codes, { hash: sha256(code), untilMs: options.nowMs() + LIFE_MS }].slice(-MOST_CODES);
      return code;
    },
    valid: (code) => find(code) !== undefined,
    done() {
      resetting = false;
      codes = [];
    },
  };
}

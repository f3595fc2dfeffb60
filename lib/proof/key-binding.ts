import type { RptFacts } from '../uma/rpt.ts';

/** Whose key a token may be used with (security.md, "Whose key?"): one rule for every server. */
export interface KeyBinding {
  /** What the verified token says. Who the device is, only the server says; a proof never does. */
  facts: Pick<RptFacts, 'device' | 'jkt'>;
  /** Current keys of that device, where it is registered with this gateway; undefined where it is not. */
  registeredThumbprints: readonly string[] | undefined;
  /** Of the key whose proof was verified. */
  proofThumbprint: string;
  /**
   * Whether this server binds tokens to registered keys only, under its own signature: then its `cnf.jkt` stands for
   * the registered key of a device that is not this gateway's. Servers that bind to whoever asks don't qualify.
   */
  serverBindsKeys: boolean;
}

export type KeyBindingVerdict =
  | { ok: true; device: string }
  | {
      ok: false;
      reason: 'wrong_key';
      detail: 'nobody_named' | 'not_registered' | 'not_bound' | 'bound_to_another';
      hint: { key: string };
    };

/**
 * Decides by one key: that of the proof. It must be a current registered key of the device that the server names, and
 * the one the token is bound to where it is bound to one (RFC 7800 3.1, RFC 9449 6.1 and 4.3 check 12b).
 */
export function boundKey(binding: KeyBinding): KeyBindingVerdict {
  const { facts, registeredThumbprints, proofThumbprint, serverBindsKeys } = binding;
  if (!facts.device) return wrongKey('nobody_named');
  if (facts.jkt !== undefined && facts.jkt !== proofThumbprint) return wrongKey('bound_to_another');
  if (registeredThumbprints) {
    return registeredThumbprints.includes(proofThumbprint)
      ? { ok: true, device: facts.device }
      : wrongKey('not_registered');
  }
  return facts.jkt !== undefined && serverBindsKeys ? { ok: true, device: facts.device } : wrongKey('not_bound');
}

function wrongKey(detail: 'nobody_named' | 'not_registered' | 'not_bound' | 'bound_to_another'): KeyBindingVerdict {
  return { ok: false, reason: 'wrong_key', detail, hint: { key: `hint.wrong_key_${detail}` } };
}

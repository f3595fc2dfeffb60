import { useState } from 'preact/hooks';
import { usePortal } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
import type { PortalKey } from '../words/words.ts';

export interface CodeAnswer {
  busy: boolean;
  /** It was given: there is nothing more to say. */
  answered: boolean;
  /** With less than was asked, or with a name of one's own. */
  approve(limits: { scopes?: readonly string[]; resources?: readonly string[]; name?: string }): void;
  deny(): void;
}

const CHANGES = ['gateways', 'devices', 'newcomers', 'resources', 'shares', 'home'] as const;

/** Answers whoever waits with a code. */
export function useCodeAnswer({ code, waiting }: { code: string; waiting: WaitingCodeRecord }): CodeAnswer {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const [answered, setAnswered] = useState(false);
  const isDevice = waiting.kind === 'device';
  const path = `/api/codes/${encodeURIComponent(code)}`;
  const send = (verb: string, body: object, key: PortalKey, name: string) =>
    void run(() => api.act('POST', `${path}/${verb}`, body), {
      done: () => ({ text: words.say(key, { name, device: name }) }),
      changes: CHANGES,
    }).then((done) => done && setAnswered(true));
  return {
    busy,
    answered,
    approve: (limits) =>
      send('approve', limits, isDevice ? 'portal.claimed' : 'portal.code_approved', limits.name ?? waiting.name),
    deny: () => send('deny', {}, isDevice ? 'portal.code_claim_denied' : 'portal.code_denied', waiting.name),
  };
}

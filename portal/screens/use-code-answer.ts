import { useState } from 'preact/hooks';
import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import type { WaitingCodeRecord } from '../wire/records.ts';
import { gatewayCalled } from '../words/gateway-name.ts';
import type { PortalKey } from '../words/words.ts';

export interface CodeAnswer {
  busy: boolean;
  /** It was given: there is nothing more to say. */
  answered: boolean;
  /** With less than was asked, or with a name of one's own. */
  approve(limits: { scopes?: readonly string[]; resources?: readonly string[] | null; name?: string }): void;
  deny(): void;
}

const CHANGES = ['gateways', 'devices', 'newcomers', 'resources', 'shares', 'home'] as const;

interface Answering {
  code: string;
  waiting: WaitingCodeRecord;
  onAnswered(): void;
}

/** Answers whoever waits with a code. */
export function useCodeAnswer({ code, waiting, onAnswered }: Answering): CodeAnswer {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const [answered, setAnswered] = useState(false);
  const isDevice = waiting.kind === 'device';
  const shares = useTopic('shares').value ?? [];
  const mayDoSomething = shares.some(({ party }) => party.kind === 'device' && party.id === waiting.clientId);
  const claimed = mayDoSomething ? 'portal.claimed_again' : 'portal.claimed';
  const called = isDevice ? waiting.name : gatewayCalled(waiting.name, words);
  const path = `/api/codes/${encodeURIComponent(code)}`;
  const send = (verb: string, body: object, key: PortalKey, name: string) =>
    void run(() => api.act('POST', `${path}/${verb}`, body), {
      done: () => ({ text: words.say(key, { name, device: name }) }),
      changes: CHANGES,
    }).then((done) => {
      if (!done) return;
      setAnswered(true);
      onAnswered();
    });
  return {
    busy,
    answered,
    approve: (limits) => send('approve', limits, isDevice ? claimed : 'portal.code_approved', limits.name ?? called),
    deny: () => send('deny', {}, isDevice ? 'portal.code_claim_denied' : 'portal.code_denied', called),
  };
}

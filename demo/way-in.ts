/** How this Node-RED comes to its owner: it shows a code, and the owner, as an outside program, approves it. */
import { setTimeout } from 'node:timers/promises';
import type { Owner } from './owner.ts';

/** What the server node's form is told. */
interface Standing {
  phase: string;
  sentence: string;
  userCode?: string;
}

interface Listed {
  hint?: string;
}

const patienceMs = 20_000;
const lookEveryMs = 50;
const codePattern = /\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}\b/;

export interface WayIn {
  /** Waits until the server answers, so that the owner can sign in. Rejects with the sentence of what keeps it from that. */
  serverUp(): Promise<void>;
  /** Waits until the gateway is let in. Resolves with the code that was approved, if it had to ask. */
  connect(owner: Owner): Promise<string | undefined>;
  /** Waits until flows may share for the owner: a panic ended that. Resolves as `connect`. */
  connectFlows(owner: Owner): Promise<string | undefined>;
}

/** @param form - the address below which the server node's form asks how it stands */
export function wayIn(form: string): WayIn {
  async function ask<T>(path = ''): Promise<T> {
    const response = await fetch(`${form}${path}`, { headers: { 'x-uma-home': 'demo' } });
    if (!response.ok) throw new Error(`The server's node is not there (${response.status}).`);
    return (await response.json()) as T;
  }

  /** Looks until `seen` has what it wants; what it throws ends the waiting. */
  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (const from = performance.now(); performance.now() - from < patienceMs; await setTimeout(lookEveryMs)) {
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Error(`The demo waited in vain: ${what}.`);
  }

  /** Settled: whatever it is, it will not change by itself. */
  async function settled(): Promise<Standing | undefined> {
    const standing = await ask<Standing>();
    if (standing.phase === 'failed') throw new Error(standing.sentence);
    return standing.phase === 'starting' || standing.phase === 'unreachable' ? undefined : standing;
  }

  return {
    serverUp: async () => void (await until("the owner's server should answer", settled)),
    async connect(owner) {
      let approved: string | undefined;
      return until('this Node-RED should be let in by its owner', async () => {
        const standing = await settled();
        if (standing?.phase === 'ready' || standing?.phase === 'stopped') return { approved };
        if (standing?.userCode === undefined || approved !== undefined) return undefined;
        await owner.approve(standing.userCode);
        approved = standing.userCode;
        return undefined;
      }).then((found) => found.approved);
    },
    async connectFlows(owner) {
      let approved: string | undefined;
      return until('flows should be allowed to share for the owner', async () => {
        const { hint } = await ask<Listed>('/shares');
        if (hint === undefined) return { approved };
        const code = codePattern.exec(hint)?.[0];
        if (code === undefined || code === approved) return undefined;
        await owner.approve(code);
        approved = code;
        return undefined;
      }).then((found) => found.approved);
    },
  };
}

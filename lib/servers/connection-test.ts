import { discover } from '../uma/discovery.ts';
import { listResources } from '../uma/resource-registration.ts';
import type { TestStep } from './authorization-server.ts';
import { hintOf, type OwnerLink, OwnerNotConnected, ServerError } from './errors.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';
import type { ServerKeys } from './server-keys.ts';

export interface ConnectionTestParts {
  link: Link;
  keys: ServerKeys;
  protection: Protection;
  /** The server was heard from within this time, where something listens. */
  heardMsAgo(): number | undefined;
}

/** As long as three heartbeats of the event stream. */
const SILENCE_MS = 15_000;

type Step = [name: string, check: () => Promise<void>];

/**
 * *Test connection*: asks the server live, from the outside in, and registers nothing. Where one of the first steps fails,
 * the later ones would only repeat it.
 */
export async function* testConnection(parts: ConnectionTestParts): AsyncGenerator<TestStep> {
  for (const step of needed(parts)) {
    const result = await taken(step, parts.link);
    yield result;
    if (!result.ok) return;
  }
  for (const step of useful(parts)) yield taken(step, parts.link);
}

function needed({ link, keys, protection }: ConnectionTestParts): Step[] {
  return [
    ['reach', async () => void (await discover(link.issuer, link.http()))],
    ['keys', async () => void (await keys.fetch())],
    ['registered', async () => void (await link.client())],
    ['protect', async () => void (await protection.call((api) => listResources(api, link.http())))],
  ];
}

function useful({ link, heardMsAgo }: ConnectionTestParts): Step[] {
  return [
    [
      'events',
      async () => {
        const silentMs = heardMsAgo();
        if (silentMs !== undefined && silentMs > SILENCE_MS) {
          throw new ServerError('not_heard', `no sign of life from ${link.issuer}`, {
            values: { server: link.issuer },
          });
        }
      },
    ],
    [
      'owner',
      async () => {
        if (link.state.secrets().owner === undefined) throw new OwnerNotConnected(pendingLink(link));
      },
    ],
  ];
}

function pendingLink({ state, key }: Link): OwnerLink | undefined {
  const { pendingCode } = state.secrets();
  if (pendingCode === undefined) return undefined;
  const { userCode, verificationUri } = pendingCode;
  return { userCode, verificationUri, fingerprint: key.thumbprint };
}

async function taken([name, check]: Step, { issuer }: Link): Promise<TestStep> {
  const step = { key: `test.${name}`, values: { server: issuer } };
  try {
    await check();
    return { step, ok: true };
  } catch (error) {
    return { step, ok: false, hint: hintOf(error) };
  }
}

import { discover } from '../uma/discovery.ts';
import { isJsonObject } from '../uma/json-body.ts';
import { ServerError } from './errors.ts';
import type { JoinPorts } from './join-walk.ts';
import type { Link } from './link.ts';
import type { Protection } from './protection-token.ts';
import { type RegistrationWish, registerGateway } from './registration.ts';
import type { ServerKeys } from './server-keys.ts';

export interface AdmissionParts extends RegistrationWish {
  link: Link;
  keys: ServerKeys;
  protection: Protection;
  log(line: string): void;
}

export type Admission = Pick<JoinPorts, 'connect' | 'register' | 'protect' | 'hasOwner' | 'promised'>;

/** What the way in does at the built-in server. */
export function createAdmission(parts: AdmissionParts): Admission {
  const { link, keys, protection } = parts;
  const { state } = link;
  return {
    connect: async (signal) => void (await keys.fetch(signal)),
    async register(signal) {
      const { clientId, keyThumbprint } = state.connection();
      if (clientId !== undefined && keyThumbprint === link.key.thumbprint) return;
      await remember(parts, await registerGateway(link, parts, signal));
    },
    async protect(signal) {
      try {
        await protection.token(signal);
        return 'allowed';
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        if (error.code === 'not_registered') await registerAnew(parts, error, signal);
        else if (error.code !== 'not_joined') throw error;
        return 'not-approved';
      }
    },
    hasOwner: (signal) => hasOwner(link, signal),
    promised: () => state.connection().ownerPromised === true,
  };
}

/** A client that the server still finds by its key was refused for another reason, such as a wrong clock. */
async function registerAnew(parts: AdmissionParts, refusal: ServerError, signal: AbortSignal): Promise<void> {
  const { link, log } = parts;
  const clientId = await registerGateway(link, parts, signal);
  if (clientId === link.clientId()) throw refusal;
  log(`${link.issuer} has forgotten this gateway, which registers anew: its owner must approve it again`);
  await remember(parts, clientId);
}

/** Another client has another owner, other tokens and other changes to hear of: nothing of the one before stays. */
async function remember({ link, registrationToken }: AdmissionParts, clientId: string): Promise<void> {
  const ownerPromised = registrationToken === undefined ? undefined : true;
  const keyThumbprint = link.key.thumbprint;
  await link.state.update({
    connection: { clientId, keyThumbprint, ownerPromised, lastEvent: undefined, epoch: undefined, owner: undefined },
    secrets: { pendingCode: undefined, owner: undefined },
  });
}

/** `uma_home` is this server's own member of its metadata. */
async function hasOwner(link: Link, signal: AbortSignal): Promise<boolean | undefined> {
  const { uma_home: home } = await discover(link.issuer, link.http(signal));
  return isJsonObject(home) && typeof home.owner === 'boolean' ? home.owner : undefined;
}

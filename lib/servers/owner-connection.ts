import { isJsonObject, isText } from '../uma/json-body.ts';
import type { OwnerRole } from './authorization-server.ts';
import { type OwnerLink, OwnerNotConnected } from './errors.ts';
import type { Link } from './link.ts';
import { createOwnerApi, type OwnerApi } from './owner-api.ts';
import type { OwnerCodes } from './owner-codes.ts';
import { createOwnerRole } from './owner-role.ts';
import { createOwnerToken } from './owner-token.ts';

export interface OwnerConnectionParts {
  link: Link;
  codes: OwnerCodes;
  /** Somebody has been shown a code: from now on the owner's answer is listened for. */
  codeAsked(): void;
  nowMs(): number;
}

/** The owner's side of the connection: their authority as far as they gave it, and the way to give it. */
export interface OwnerConnection {
  /** What it cannot do for want of authority rejects with `OwnerNotConnected` and the link. */
  api: OwnerApi;
  /** @throws OwnerNotConnected */
  role(): Promise<OwnerRole>;
  /** The owner's name at the server, once known. */
  name(): string | undefined;
  nameIs(name: string): Promise<void>;
  /** Asks for it, where the owner lets us read. */
  learnName(): Promise<void>;
  close(): void;
}

export function createOwnerConnection({ link, codes, codeAsked, nowMs }: OwnerConnectionParts): OwnerConnection {
  const { state } = link;
  const token = createOwnerToken(link, nowMs);
  const bare = createOwnerApi(link, token);

  /** Without a server to ask for a code there is no link either; that is then the lesser trouble. */
  async function findLink(): Promise<OwnerLink | undefined> {
    try {
      const { userCode, verificationUri } = await codes.ask();
      codeAsked();
      return { userCode, verificationUri, fingerprint: link.key.thumbprint };
    } catch {
      return undefined;
    }
  }

  const api: OwnerApi = {
    async call(...args) {
      try {
        return await bare.call(...args);
      } catch (error) {
        throw error instanceof OwnerNotConnected ? new OwnerNotConnected(await findLink()) : error;
      }
    },
  };
  const role = createOwnerRole(api);

  async function nameIs(name: string): Promise<void> {
    if (state.connection().owner !== name) await state.update({ connection: { owner: name } });
  }

  return {
    api,
    async role() {
      if (state.secrets().owner === undefined) throw new OwnerNotConnected(await findLink());
      return role;
    },
    name: () => state.connection().owner,
    nameIs,
    async learnName() {
      if (state.connection().owner !== undefined || state.secrets().owner === undefined) return;
      const { json } = await bare.call('GET', '/api/home');
      if (isJsonObject(json) && isText(json.owner)) await nameIs(json.owner);
    },
    close: token.close,
  };
}

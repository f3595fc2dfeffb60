import type { JWK } from 'jose';
import type { DeviceKey } from '../proof/device-key.ts';
import type { GatewayStore } from '../store/gateway-store.ts';
import type { Transport } from '../transport/transport.ts';
import type { RptReading } from '../uma/rpt.ts';
import { createAdmission } from './admission.ts';
import type { AuthorizationServer, Capabilities } from './authorization-server.ts';
import { builtInReading } from './built-in-reading.ts';
import { openConnectionState, type Standing } from './connection-state.ts';
import { testConnection } from './connection-test.ts';
import { createDeviceClients } from './device-clients.ts';
import { createDeviceRole } from './device-role.ts';
import { createEnd } from './end.ts';
import { notJoined } from './errors.ts';
import { createEvents } from './events.ts';
import { createJoin, type Join } from './join.ts';
import { createLink, type Link } from './link.ts';
import { createOwnerCodes } from './owner-codes.ts';
import { createOwnerConnection } from './owner-connection.ts';
import { createProtection } from './protection-token.ts';
import { createReports, type Reports } from './reports.ts';
import { createServerKeys } from './server-keys.ts';
import { createUma2Server } from './uma2.ts';
import { sleep as realSleep, type Sleep } from './waiting.ts';

export { startBuiltIn } from './start-built-in.ts';

export interface BuiltInServerParts {
  /** Exactly as the server names itself. */
  issuer: string;
  /** Where its owner API is, if not below the issuer. */
  pages?: string;
  transport: Transport;
  /** Of one server connection. */
  store: GatewayStore;
  /** The gateway's own key, durable already: the server knows the gateway by it. */
  key: DeviceKey;
  /** What the owner is shown when the gateway asks to be let in. */
  name: string;
  /** Lets the gateway in without a code. */
  registrationToken?: string;
  /** RFC 7638 thumbprint of the server's signing key, where somebody who knows it says so. */
  confirmedKey?: string;
  /** What the server's hints are to be in: a tag of BCP 47; English by default. */
  language?(): string;
  /** The transport takes it there without the network: an `http` issuer is then no reason not to speak. */
  neverOnTheNetwork?: boolean;
  nowMs(): number;
  sleep?: Sleep;
  random?(): number;
  log(line: string): void;
}

/** The built-in server, in this process or another: always over HTTP. */
export interface BuiltInServer extends AuthorizationServer {
  /** The way in: begun by `start`, and walked again by itself whenever it breaks. */
  join: Pick<Join, 'step' | 'watch' | 'start' | 'ready'>;
  reports: Reports;
  /** The gateway's own client at the server, once registered. */
  clientId(): string | undefined;
  /** RFC 7638 thumbprint of the gateway's own key: an owner compares it before letting the gateway in. */
  keyFingerprint: string;
  /** Whose gateway this is, once known. */
  ownerName(): string | undefined;
  /** What the owner lets this gateway do for them, as it was given: scopes of the owner API. None where they gave nothing. */
  ownerScopes(): readonly string[];
  /** The server's signing keys, as far as they are the ones that were seen first; live. */
  signingKeys(signal?: AbortSignal): Promise<JWK[]>;
  /** An operator's word that another server stands here now: everything known of the one before is dropped. Then open anew. */
  forget(): Promise<void>;
}

const CAPABILITIES: Capabilities = {
  deviceShares: true,
  keepsRequests: true,
  keepsConditions: true,
  bindsRpt: true,
  push: true,
  verified: 'live',
};

export function createBuiltInServer(parts: BuiltInServerParts): BuiltInServer {
  const { issuer, key, store, nowMs, log, sleep = realSleep } = parts;
  const { neverOnTheNetwork: allowInsecureHttp = false } = parts;
  const link = createLink({ ...parts, state: openConnectionState(store, issuer), allowInsecureHttp });
  const keys = createServerKeys(link, log, parts.confirmedKey);
  const codes = createOwnerCodes(link, nowMs);
  const protection = createProtection({ link, nowMs, lost: () => join.lost() });
  const join: Join = createJoin({ ...parts, ...createAdmission({ ...parts, link, keys, protection }), codes, sleep });
  const owner = createOwnerConnection({ link, codes, nowMs, codeAsked: join.codeAsked });
  const clientOf = createDeviceClients(link);
  const events = createEvents({ ...parts, link, protection, sleep, ready: join.ready });
  join.watch(({ phase }) => {
    // A nicety: whose gateway it is shows in answers, and is learnt again at the next chance.
    if (phase === 'ready') owner.learnName().catch(() => {});
  });
  return {
    id: issuer,
    issuer,
    capabilities: CAPABILITIES,
    ...createUma2Server({ link, clientOf, protection, nowMs, reading: createReading(link) }),
    devices: createDeviceRole({ link, clientOf, protection, ownerApi: owner.api, ownerIs: owner.nameIs, nowMs }),
    owner: owner.role,
    end: createEnd({ link, protection, ownerApi: owner.api, ownerName: owner.name }),
    watch: events.watch,
    test: () => testConnection({ link, keys, protection, heardMsAgo: () => msSince(events.lastHeardMs(), nowMs()) }),
    join,
    reports: createReports({ link, protection }),
    clientId: link.clientId,
    keyFingerprint: key.thumbprint,
    ownerName: owner.name,
    ownerScopes: () => link.state.secrets().owner?.scopes ?? [],
    signingKeys: keys.fetch,
    forget: link.state.forget,
    async close() {
      const closing = Promise.all([join.close(), events.close()]);
      owner.close();
      protection.close();
      link.close();
      await closing;
    },
  };
}

/** What it makes throws ServerError `not_joined`: until then no token is for this gateway. */
function createReading(link: Link): () => RptReading {
  let made: { as: Standing; reading: RptReading } | undefined;
  return () => {
    const as = link.state.standing();
    // Each change that is heard is written down beside this: only another client or owner makes another reading.
    if (made === undefined || made.as.clientId !== as.clientId || made.as.owner !== as.owner)
      made = { as, reading: readingOf(link, as) };
    return made.reading;
  };
}

function readingOf({ issuer, url }: Link, { clientId: audience, owner }: Standing): RptReading {
  if (audience === undefined) throw notJoined(issuer);
  return builtInReading({ issuer, audience, jwksUri: url('/jwks').href, ...(owner !== undefined && { owner }) });
}

function msSince(thenMs: number | undefined, nowMs: number): number | undefined {
  return thenMs === undefined ? undefined : nowMs - thenMs;
}

/** How one server is reached that neither the network's names nor its authorities lead to. */
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type buildConnector, buildConnector as connectorOf } from 'undici';

/** Of a certificate that was shown. */
export interface ShownCertificate {
  /** SHA-256, as browsers show it. */
  fingerprint: string;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
}

/** For one origin alone; everything else goes the usual way. */
export interface OwnWay {
  origin: string;
  /** Connects there in place of the origin's host. What is said, over TLS too, is said to the origin. */
  to?: { host: string; port: number };
  /** What is there speaks no TLS, whatever the origin says: nothing of it leaves this computer. */
  plain?: true;
  /** Is this certificate the right one? Asked in place of authorities, names and dates. */
  knows?(shown: ShownCertificate): boolean;
}

type Connector = buildConnector.connector;
type Answer = Parameters<Connector>[1];

/** Connects as the options say, and to the own way's origin as that says. */
export function connectorBy(options: buildConnector.BuildOptions, way: OwnWay): Connector {
  const usual = connectorOf(options);
  const { to, knows, plain } = way;
  // A resumed session shows no certificate of its own: each connection is looked at.
  const own = connectorOf(knows ? { ...options, rejectUnauthorized: false, maxCachedSessions: 0 } : options);
  return (target, answer) => {
    if (`${target.protocol}//${target.host}` !== way.origin) return usual(target, answer);
    const there = {
      ...target,
      ...(to && { hostname: to.host, port: String(to.port) }),
      ...(plain && { protocol: 'http:' }),
    };
    if (plain || !knows || target.protocol !== 'https:') return own(there, answer);
    own(there, (...outcome) => answer(...judged(outcome, knows)));
  };
}

/** An error of the kind that TLS itself has where a certificate is not the right one. */
function judged(outcome: Parameters<Answer>, knows: NonNullable<OwnWay['knows']>): Parameters<Answer> {
  const [, socket] = outcome;
  if (!socket) return outcome;
  const shown: Partial<PeerCertificate> = (socket as TLSSocket).getPeerCertificate();
  const { fingerprint256: fingerprint, pubkey: publicKey } = shown;
  if (fingerprint !== undefined && publicKey && knows({ fingerprint, publicKey })) return outcome;
  socket.destroy();
  return [Object.assign(new Error('another certificate'), { code: 'ERR_TLS_CERT_NOT_KNOWN' }), null];
}

import type { Permission, Seconds } from './permission.ts';

/** What a requesting party token says, in our own words, whichever server wrote it. */
export interface RptFacts {
  /** The device (client) that the server names as the holder. Absent: nobody is named, and nobody may pass. */
  device?: string;
  owner?: string;
  requestingParty?: string;
  /** RFC 7638 thumbprint of the key the token is bound to (`cnf.jkt`, RFC 9449 6.1). */
  jkt?: string;
  issuedAt: Seconds;
  expiresAt: Seconds;
  permissions: Permission[];
}

/** How a server's RPTs are read. An adapter describes it, by the same object until something changes; only `decision` verifies. */
export type RptReading =
  | {
      kind: 'jwt';
      issuer: string;
      audience: string;
      algorithms: string[];
      /** Allowed `typ` values of the token's header, without `application/`; by default `at+jwt` (RFC 9068 4). */
      types?: string[];
      jwksUri: string;
      /** This server signs by ES256, and of the two forms of a signature writes only the lower. */
      lowerForm?: boolean;
      facts(claims: object): RptFacts;
    }
  | { kind: 'introspection'; introspect(rpt: string, presentedBy?: string): Promise<RptFacts | undefined> };

import { isJsonObject, isStringArray, isText } from './json-body.ts';

/** A claim that the server wants to see (UMA Grant 3.3.6, `required_claims`). Every member is a hint. */
export interface RequiredClaim {
  name?: string;
  friendlyName?: string;
  claimType?: string;
  /** Any one of them will do. */
  claimTokenFormats: string[];
  /** Any one of them will do. */
  issuers: string[];
}

/** @returns `undefined` where it is not an array of objects */
export function readRequiredClaims(value: unknown): RequiredClaim[] | undefined {
  if (!Array.isArray(value) || !value.every(isJsonObject)) return undefined;
  return value.map(({ name, friendly_name, claim_type, claim_token_format, issuer }) => ({
    ...(isText(name) && { name }),
    ...(isText(friendly_name) && { friendlyName: friendly_name }),
    ...(isText(claim_type) && { claimType: claim_type }),
    claimTokenFormats: oneOrMany(claim_token_format),
    issuers: oneOrMany(issuer),
  }));
}

/** Some servers send a single string where the specification has an array. */
function oneOrMany(value: unknown): string[] {
  if (isText(value)) return [value];
  return isStringArray(value) ? [...value] : [];
}

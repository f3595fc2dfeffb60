import { refuse } from '../../proof/dpop-refusal.ts';
import { malformed, Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import { refuseInactive } from '../model/device-key.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { DeviceRecord } from '../model/records.ts';
import type { ClientRecord, ClientRecords } from './client-records.ts';
import { type Proofs, proofRefusal, type StatedKey } from './proofs.ts';

export interface KeyRotationParts {
  issuer: string;
  model: Pick<Model, 'devices' | 'gateways' | 'panic' | 'nowSeconds'>;
  clients: ClientRecords;
  proofs: Proofs;
}

/** More often only a thief's game with the owner's history would need it. */
const shortestLifeSeconds = 60;

/**
 * Lets a device's key give way to the next: the present one proves the request and the very statement by which the new
 * one names it. One synchronous step: call it in a transaction, after the last await.
 *
 * The same asked again, because its answer was lost, is answered the same and changes nothing; only whoever holds the new
 * key can ask that.
 * @returns the numbers of the events
 * @throws Refusal 400, 401 `invalid_dpop_proof`, `use_dpop_nonce`, 429; ModelError as `Devices.changeKey`, `panic_active`
 */
export function rotateKey(parts: KeyRotationParts, request: Request, id: string, statement: string): number[] {
  const { model, clients, proofs } = parts;
  const device = model.devices.get(id);
  const client = device && clients.get(id);
  const expected = { thumbprints: keysOf(client, device), accessToken: statement, clientId: id };
  const proof = proofs.check(request, expected);
  if (!proof.ok) throw proofRefusal(proof, proofs.nonce());
  // No key proves for a device that is not there.
  if (client === undefined || device === undefined) throw wrongKey(proofs);
  const stated = statementFor(parts, request, statement, { device: id, previous: proof.thumbprint });
  const repeated = proof.thumbprint !== client.thumbprint;
  if (repeated && stated.thumbprint !== client.thumbprint) throw wrongKey(proofs);
  if (!repeated) mayRotate(parts, device, stated);
  if (!proof.commit() || !stated.commit()) throw usedBefore(proofs);
  if (repeated) return [];
  const events = model.devices.changeKey(id, stated);
  clients.put({ ...client, jwk: stated.jwk, thumbprint: stated.thumbprint });
  return events;
}

/** The present key, and the one before it: that one can only ask what it was answered. */
function keysOf(client: ClientRecord | undefined, device: DeviceRecord | undefined): string[] {
  return client === undefined || device === undefined ? [] : [client.thumbprint, ...device.thumbprints.slice(-2, -1)];
}

function wrongKey(proofs: Proofs): Refusal {
  return proofRefusal(refuse('wrong_key', 'key'), proofs.nonce());
}

function statementFor(
  { proofs, issuer }: KeyRotationParts,
  request: Request,
  text: string,
  expected: { device: string; previous: string },
): StatedKey {
  const stated = proofs.continuity(request.message, text);
  if (stated === undefined) throw malformed('continuity must be signed by the new key, ES256 or Ed25519');
  if (!stated.ok) throw proofRefusal(stated, proofs.nonce());
  const fits = stated.audience === issuer && stated.device === expected.device && stated.previous === expected.previous;
  if (!fits) throw malformed('continuity must name this server, this device and the key it has now');
  return stated;
}

function mayRotate({ model, clients }: KeyRotationParts, device: DeviceRecord, { thumbprint }: StatedKey): void {
  // Before anything is used up: whoever registers many devices that nobody claims must not fill what is remembered.
  refuseInactive(device);
  if (device.owner !== undefined) model.panic.refuse(device.owner);
  if (clients.byThumbprint(thumbprint) || model.gateways.byThumbprint(thumbprint))
    throw new ModelError('key_taken', 'this key is or was registered; every client has its own');
  const age = model.nowSeconds() - (device.keyChangedAt ?? Number.NEGATIVE_INFINITY);
  const wait = shortestLifeSeconds - age;
  // Changed in what is yet to come: the clock was ahead then.
  if (wait > 0 && age >= 0) {
    const headers = { 'retry-after': String(wait) };
    throw new Refusal(429, 'too_many_requests', 'a key changes at most once a minute', headers);
  }
}

function usedBefore(proofs: Proofs): Refusal {
  return new Refusal(401, 'invalid_dpop_proof', 'the proof or the statement was used before', {
    'www-authenticate': 'DPoP error="invalid_dpop_proof"',
    'dpop-nonce': proofs.nonce(),
  });
}

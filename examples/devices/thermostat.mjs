#!/usr/bin/env node
// A thermostat that is no part of Node-RED: it makes its key, tells who it is, waits for its owner's word, and starts
// the dishwasher. Public packages only: `npm install oauth4webapi jose`. What it keeps is in one file, with its key.
//
//   node thermostat.mjs [http://127.0.0.1:1880/dishwasher/start]
//
// UMA_SERVER  the authorization server, by default http://127.0.0.1:1862
// KEPT_IN     the file, by default thermostat.json: whoever has it can act as this thermostat
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import * as oauth from 'oauth4webapi';

const { UMA_SERVER: issuer = 'http://127.0.0.1:1862', KEPT_IN: file = 'thermostat.json' } = process.env;
const [url = 'http://127.0.0.1:1880/dishwasher/start'] = process.argv.slice(2);
const umaGrant = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
// Loopback needs no TLS; anywhere else these calls refuse plain HTTP.
const loopback = ['127.0.0.1', 'localhost'].includes(new URL(issuer).hostname);
const plain = { [oauth.allowInsecureRequests]: loopback };

/** The key is made once; only its public half ever leaves this file. */
async function keyPair() {
  const kept = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
  if (kept) return { kept, privateKey: await importJWK(kept.key, 'ES256'), publicJwk: kept.publicJwk };
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const [key, publicJwk] = [await exportJWK(privateKey), await exportJWK(publicKey)];
  return { kept: { key, publicJwk }, privateKey, publicJwk };
}

/** Whole or not at all, and for nobody else to read, whatever was there before. */
async function keep(kept) {
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, JSON.stringify(kept), { mode: 0o600, flag: 'wx' });
  await rename(fresh, file);
}

/** Tells the server who this is, once (RFC 7591). */
async function register(as, kept) {
  if (kept.client) return kept.client;
  const metadata = {
    client_name: 'Thermostat outside',
    jwks: { keys: [kept.publicJwk] },
    grant_types: [umaGrant, deviceGrant],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
  };
  const response = await oauth.dynamicClientRegistrationRequest(as, metadata, plain);
  const client = await oauth.processDynamicClientRegistrationResponse(response);
  await keep({ ...kept, client });
  return client;
}

/** Once more with the nonce that the other side has just sent (RFC 9449 8, 9). */
async function withNonce(send) {
  return send().catch((fault) => {
    if (oauth.isDPoPNonceError(fault)) return send();
    throw fault;
  });
}

/** Shows a code that the owner compares and says yes to, once (RFC 8628). */
async function claim(as, client, auth, dpop, kept) {
  if (kept.claimed) return;
  const scope = new URLSearchParams({ scope: 'device:claim' });
  const asked = await oauth.deviceAuthorizationRequest(as, client, auth, scope, plain);
  const code = await oauth.processDeviceAuthorizationResponse(as, client, asked);
  console.log(`Whose am I? My owner opens ${code.verification_uri} and types ${code.user_code}`);
  const fingerprint = await calculateJwkThumbprint(kept.publicJwk);
  console.log(`The fingerprint of my key is ${fingerprint.match(/.{1,6}/g).join(' ')}`);
  for (let seconds = code.interval ?? 5; ; ) {
    await setTimeout(seconds * 1000);
    try {
      await withNonce(async () => {
        const response = await oauth.deviceCodeGrantRequest(as, client, auth, code.device_code, {
          ...plain,
          DPoP: dpop,
        });
        return oauth.processDeviceCodeResponse(as, client, response);
      });
      return keep({ ...kept, client, claimed: true });
    } catch (fault) {
      if (fault.error === 'slow_down') seconds += 5;
      else if (fault.error !== 'authorization_pending') throw fault;
    }
  }
}

/** Turns the ticket of a refusal into a token; while the owner has not answered, asks again (UMA Grant 3.3). */
async function permission(as, client, auth, dpop, ticket) {
  for (let waiting = false; ; waiting = true) {
    const parameters = new URLSearchParams({ ticket });
    try {
      const granted = await withNonce(async () => {
        const options = { ...plain, DPoP: dpop };
        const response = await oauth.genericTokenEndpointRequest(as, client, auth, umaGrant, parameters, options);
        return oauth.processGenericTokenEndpointResponse(as, client, response);
      });
      if (waiting) console.log('My owner has said yes.');
      return granted;
    } catch (fault) {
      if (fault.error !== 'request_submitted') throw fault;
      const { ticket: next, interval = 5 } = fault.cause;
      if (!waiting) console.log('My owner has been asked.');
      ticket = next ?? ticket;
      await setTimeout(interval * 1000);
    }
  }
}

/** Knocks without a token. The ticket of the refusal is for our own server, or for nobody (UMA Grant 3.2). */
async function knock() {
  const { headers } = await fetch(url, { method: 'POST', redirect: 'manual' });
  const challenge = headers.get('www-authenticate') ?? '';
  const value = (name) => new RegExp(`UMA .*\\b${name}="([^"]+)"`, 'i').exec(challenge)?.[1];
  if (value('as_uri') !== issuer || !value('ticket')) throw new Error(`${url} does not ask ${issuer} for permission`);
  return value('ticket');
}

async function main() {
  const { kept, privateKey, publicJwk } = await keyPair();
  const found = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...plain });
  const as = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const client = await register(as, kept);
  const auth = oauth.PrivateKeyJwt(privateKey);
  const publicKey = await importJWK(publicJwk, 'ES256', { extractable: true });
  const dpop = oauth.DPoP(client, { privateKey, publicKey });
  await claim(as, client, auth, dpop, { ...kept, client });

  const { access_token: token } = await permission(as, client, auth, dpop, await knock());
  const options = { ...plain, DPoP: dpop };
  const answer = await withNonce(() =>
    oauth.protectedResourceRequest(token, 'POST', new URL(url), undefined, null, options),
  ).catch((fault) => fault.response ?? Promise.reject(fault));
  console.log(answer.status, await answer.text());
}

main().catch((fault) => {
  console.error(fault.error_description ?? fault.message);
  process.exitCode = 1;
});

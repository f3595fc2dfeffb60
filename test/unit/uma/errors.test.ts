import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as uma from '../../../lib/uma/index.ts';
import { secretClient } from './fake-client.ts';
import { empty, fakeServer, json, METADATA } from './fake-server.ts';

/** All that a log, a status or a catch node could see of an error. */
function visible(error: unknown): string {
  assert.ok(error instanceof uma.UmaError, inspect(error));
  return `${error.message} ${error.stack} ${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${JSON.stringify({ ...error })}`;
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.fail('did not reject'),
    (reason: unknown) => reason,
  );
}

describe('uma: errors', () => {
  it('have a stable code as an own property, a name, and a hint of that code', () => {
    const error = new uma.InvalidTicketError({ status: 400, error: 'invalid_grant' });
    assert.equal(error.code, 'invalid_ticket');
    assert.equal(error.name, 'InvalidTicketError');
    assert.deepEqual(error.hint, { key: 'hint.invalid_ticket', values: { status: 400, error: 'invalid_grant' } });
    assert.deepEqual(Object.keys(error).sort(), ['code', 'hint']);
    assert.ok(error instanceof uma.UmaError && error instanceof Error);
  });

  it('show neither token, ticket nor body that a server sends back, wherever it puts them', async () => {
    const secret = 'S3cr3t-ticket-0123456789';
    const spoken = { error: secret, error_description: `bad ${secret}`, ticket: secret, access_token: secret };
    const replies = [
      json(400, spoken),
      json(401, spoken, { 'www-authenticate': `Bearer error="${secret}"` }),
      json(200, { ...spoken, token_type: 'strange' }),
      json(403, { ...spoken, required_claims: [] }),
      json(500, spoken),
      new Response(`<p>${secret}</p>`, { status: 400, headers: { 'content-type': 'text/html' } }),
      new Response(`{"${secret}`, { status: 200, headers: { 'content-type': 'application/json' } }),
    ];
    for (const reply of replies) {
      const request = { ticket: secret, rpt: secret, pct: secret };
      const error = await caught(uma.requestRpt(secretClient(), request, fakeServer(reply).http));
      assert.doesNotMatch(visible(error), /S3cr3t/);
    }
  });

  it('show no PAT either', async () => {
    const api = { server: METADATA, token: 'S3cr3t-PAT' };
    for (const reply of [empty(401), empty(404), json(200, {}), new Error('fetch failed')]) {
      const error = await caught(uma.readResource(api, 'r1', fakeServer(reply).http));
      assert.doesNotMatch(visible(error), /S3cr3t/);
    }
  });

  it('do not show a PAT that cannot stand in a header, and do not send it', async () => {
    const { http, requests } = fakeServer();
    const error = await caught(uma.listResources({ server: METADATA, token: 'S3cr3t\nPAT' }, http));
    assert.ok(error instanceof uma.InvalidArgumentError);
    assert.doesNotMatch(visible(error), /S3cr3t/);
    assert.equal(requests.length, 0);
  });

  it('keep of a description only as much as a person reads', async () => {
    const reply = json(400, { error: 'invalid_request', error_description: 'x'.repeat(10_000) });
    const error = await caught(uma.requestRpt(secretClient(), { ticket: 't' }, fakeServer(reply).http));
    assert.ok(error instanceof uma.RefusedError);
    assert.equal(error.response?.description?.length, 200);
  });

  it('a mistake of the caller is not taken for a fault of the network', async () => {
    const client = { ...secretClient(), client: { client_id: '' } };
    const { http, requests } = fakeServer();
    await assert.rejects(uma.requestRpt(client, { ticket: 't' }, http), { code: 'ERR_INVALID_ARG_VALUE' });
    assert.equal(requests.length, 0);
  });
});

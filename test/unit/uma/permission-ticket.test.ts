import assert from 'node:assert/strict';
import { InvalidArgumentError, type ProtectionApi, requestTicket } from '../../../lib/uma/index.ts';
import { empty, fakeServer, json, METADATA } from './fake-server.ts';

const API: ProtectionApi = { server: METADATA, token: 'pat' };
const START = { resource: 'r1', scopes: ['start'] };

describe('uma: a permission ticket', () => {
  it('F 4.1, 4.2: is asked for with the PAT, for several permissions as for one', async () => {
    const { http, requests } = fakeServer(json(201, { ticket: 't1' }), json(201, { ticket: 't2' }));
    assert.equal(await requestTicket(API, [START], http), 't1');
    assert.equal(
      await requestTicket(API, [START, { resource: 'r2', scopes: ['a', 'b'], exp: 9, share: 's' }], http),
      't2',
    );
    assert.deepEqual(
      requests.map(({ method, url, headers, text }) => [method, url, headers.authorization, JSON.parse(text)]),
      [
        ['POST', METADATA.permission_endpoint, 'Bearer pat', [{ resource_id: 'r1', resource_scopes: ['start'] }]],
        [
          'POST',
          METADATA.permission_endpoint,
          'Bearer pat',
          [
            { resource_id: 'r1', resource_scopes: ['start'] },
            { resource_id: 'r2', resource_scopes: ['a', 'b'] },
          ],
        ],
      ],
    );
  });

  it('is never asked for nothing: some servers then permit everybody', async () => {
    for (const permissions of [[], [{ resource: 'r1', scopes: [] }], [START, { resource: 'r2', scopes: [] }]]) {
      const { http, requests } = fakeServer();
      await assert.rejects(requestTicket(API, permissions, http), InvalidArgumentError);
      assert.equal(requests.length, 0);
    }
  });

  for (const [error, code] of [
    ['invalid_resource_id', 'invalid_resource_id'],
    ['invalid_scope', 'invalid_scope'],
    ['invalid_request', 'refused'],
  ] as const) {
    it(`F 4.3: 400 ${error}`, async () => {
      await assert.rejects(requestTicket(API, [START], fakeServer(json(400, { error })).http), {
        code,
        response: { status: 400, error },
      });
    });
  }

  it('F 1.3: a refused PAT has its own error', async () => {
    await assert.rejects(requestTicket(API, [START], fakeServer(empty(401)).http), {
      code: 'protection_token_refused',
    });
  });

  it('F 4.2: anything but 201 with a ticket is none', async () => {
    for (const reply of [
      json(201, {}),
      json(201, { ticket: '' }),
      json(201, { ticket: 7 }),
      json(200, { ticket: 't' }),
      empty(201),
    ]) {
      await assert.rejects(requestTicket(API, [START], fakeServer(reply).http), { code: 'invalid_response' });
    }
  });
});

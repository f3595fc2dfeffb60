import assert from 'node:assert/strict';
import type { RefusedReason } from '../../../lib/protecting/answer-table.ts';
import { createRefuse, type Refusal, type RefusalPorts } from '../../../lib/protecting/refusal.ts';
import { parseChallenges } from '../../../lib/uma/challenge.ts';
import { readUmaChallenges } from '../../../lib/uma/uma-challenge.ts';
import { fakeTimers } from './fake-timers.ts';

const WANTED = [{ resource: 'dishwasher', scopes: ['start'] }];

function desk(changes: Partial<RefusalPorts> = {}) {
  const asked: unknown[] = [];
  const timers = fakeTimers();
  const refuse = createRefuse({
    requestTicket: async (permissions) => {
      asked.push(permissions);
      return { ticket: 'ticket-1', asUri: 'http://127.0.0.1:1862' };
    },
    limiter: { take: () => true },
    realm: 'home',
    algorithms: ['ES256', 'EdDSA'],
    say: ({ key }) => `<${key}>`,
    describe: ({ key }) => `in English <${key}>`,
    timers,
    ...changes,
  });
  const answer = (reason: RefusedReason, more: { nonce?: string; tookMs?: number } = {}) =>
    refuse({ reason, tookMs: 1, ...more }, WANTED, '10.0.0.7');
  return { answer, asked, timers };
}

const WARNING = '199 - "UMA Authorization Server Unreachable"';

describe('the answer to each reason (security.md, table)', () => {
  for (const reason of ['no_token', 'expired', 'revoked', 'insufficient_scope', 'used_up'] as const) {
    it(`G 3.2.1: ${reason} is 401 with realm, as_uri and a ticket for what was wanted`, async () => {
      const { answer, asked } = desk();
      const { statusCode, headers, payload } = await answer(reason);
      assert.equal(statusCode, 401);
      assert.deepEqual(readUmaChallenges(headers['WWW-Authenticate'] ?? ''), [
        { realm: 'home', asUri: 'http://127.0.0.1:1862', ticket: 'ticket-1' },
      ]);
      assert.deepEqual(asked, [WANTED]);
      assert.deepEqual(payload, {
        error: reason,
        error_description: `in English <reason.${reason}>`,
        hint: `<hint.${reason}>`,
      });
    });
  }

  const dpopErrors = {
    invalid_token: 'invalid_token',
    wrong_audience: 'invalid_token',
    wrong_key: 'invalid_token',
    proof_missing: 'invalid_token',
    proof_invalid: 'invalid_dpop_proof',
    proof_replayed: 'invalid_dpop_proof',
  } as const;
  for (const [reason, error] of Object.entries(dpopErrors) as [keyof typeof dpopErrors, string][]) {
    it(`RFC 9449 7.1: ${reason} is 401 DPoP error="${error}" with algs, and no ticket`, async () => {
      const { answer, asked } = desk();
      const { statusCode, headers } = await answer(reason);
      assert.equal(statusCode, 401);
      assert.equal(headers['WWW-Authenticate'], `DPoP error="${error}", algs="ES256 EdDSA"`);
      assert.equal(asked.length, 0);
    });
  }

  it('RFC 9449 9: use_dpop_nonce is 401 with the nonce', async () => {
    const { statusCode, headers } = await desk().answer('use_dpop_nonce', { nonce: 'n0' });
    assert.equal(statusCode, 401);
    assert.equal(headers['WWW-Authenticate'], 'DPoP error="use_dpop_nonce", algs="ES256 EdDSA"');
    assert.equal(headers['DPoP-Nonce'], 'n0');
    assert.ok(!('DPoP-Nonce' in (await desk().answer('use_dpop_nonce')).headers));
  });

  const plain: [RefusedReason, number, Record<string, string>][] = [
    ['quarantined', 403, {}],
    ['outside_hours', 403, {}],
    ['clock_wrong', 403, {}],
    ['stale_status', 403, {}],
    ['malformed_request', 400, {}],
    ['not_set_up', 403, { Warning: WARNING }],
    ['server_unreachable', 403, { Warning: WARNING }],
    ['too_many_requests', 429, { 'Retry-After': '5' }],
    ['internal_error', 500, {}],
  ];
  for (const [reason, statusCode, headers] of plain) {
    it(`${reason} is ${statusCode}, without a ticket`, async () => {
      const { answer, asked } = desk();
      const refusal = await answer(reason);
      assert.equal(refusal.statusCode, statusCode);
      assert.deepEqual(refusal.headers, { 'Cache-Control': 'no-store', ...headers });
      assert.equal(refusal.payload.error, reason);
      assert.equal(asked.length, 0);
    });
  }
});

describe('when no ticket is to be had', () => {
  function isWarned({ statusCode, headers, payload }: Refusal): void {
    assert.equal(statusCode, 403);
    assert.deepEqual(headers, { 'Cache-Control': 'no-store', Warning: WARNING });
    assert.match(payload.hint, /no_ticket/, 'nothing is said about a ticket that is not there');
  }

  it('G 3.2.2: is 403 with Warning 199 where the server cannot be reached', async () => {
    const failed: unknown[] = [];
    const down = new Error('down');
    const { answer } = desk({
      requestTicket: () => Promise.reject(down),
      ticketFailed: (error, permissions) => void failed.push(error, permissions),
    });
    isWarned(await answer('no_token'));
    assert.deepEqual(failed, [down, WANTED]);
  });

  it('G 3.2.2: does not wait longer than 2.5 s for a server that hangs, less what the decision took', async () => {
    for (const [tookMs, expected] of [
      [0, 2500],
      [1900, 600],
      [2900, 250],
    ] as const) {
      let signal: AbortSignal | undefined;
      const { answer, timers } = desk({
        requestTicket: (_, given) => {
          signal = given;
          return new Promise(() => {});
        },
      });
      const answered = answer('no_token', { tookMs });
      assert.deepEqual(timers.pending(), [expected]);
      timers.fire();
      isWarned(await answered);
      assert.ok(signal?.aborted);
    }
  });

  it('stops its timer when the server answers', async () => {
    const { answer, timers } = desk();
    await answer('no_token');
    assert.deepEqual(timers.pending(), []);
  });

  it('is 403 with Warning 199 where too many asked, and the server hears nothing of it', async () => {
    const taken: [string, boolean][] = [];
    const { answer, asked } = desk({
      limiter: {
        take: (source, proved) => {
          taken.push([source, proved]);
          return false;
        },
      },
    });
    isWarned(await answer('no_token'));
    isWarned(await answer('insufficient_scope'));
    assert.deepEqual(taken, [
      ['10.0.0.7', false],
      ['10.0.0.7', true],
    ]);
    assert.equal(asked.length, 0);
  });

  it('a server cannot put anything else into our headers', async () => {
    for (const answered of [
      { ticket: 'a\r\nSet-Cookie: x=1', asUri: 'http://as.example' },
      { ticket: 'a', asUri: 'http://as.example\nX: y' },
      { ticket: 'a\u0000', asUri: 'http://as.example' },
    ]) {
      isWarned(await desk({ requestTicket: async () => answered }).answer('no_token'));
    }
    const { answer } = desk({ requestTicket: async () => ({ ticket: 'a", error="b\\', asUri: 'http://as.example' }) });
    const [challenge, ...more] = parseChallenges((await answer('no_token')).headers['WWW-Authenticate'] ?? '');
    assert.equal(challenge?.parameters.get('ticket'), 'a", error="b\\');
    assert.equal(challenge?.parameters.has('error'), false);
    assert.equal(more.length, 0);
  });
});

/** A grant under way while its share is withdrawn: whichever the server takes first, no token outlives the answer to the withdrawal. */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { type Home, openHome } from '../contract/support/home.ts';
import { form, type Reply, type TestClient } from '../contract/support/test-client.ts';
import { seeded, shortOrLong } from '../support/seeded.ts';

const trialsEachWay = shortOrLong(60, 1_000);
/** A grant takes about as long: the withdrawal falls into any moment of it. */
const mostHeadStartMs = 4;

describe('a grant under way while its share is withdrawn', () => {
  let home: Home;
  let device: TestClient;

  before(async () => {
    home = await openHome();
    device = await home.stranger();
  });
  after(async () => {
    await home?.close();
  });

  /** RFC 7662, as the gateway asks. */
  async function isAlive(rpt: string): Promise<boolean> {
    const { body } = await home.gateway.call(
      'POST',
      '/token/introspection',
      home.pat,
      new URLSearchParams({ token: rpt }),
    );
    assert.equal(typeof body.active, 'boolean', JSON.stringify(body));
    return body.active;
  }

  type Ways = Record<string, (share: string) => Promise<Reply>>;
  const waysToEnd: Ways = {
    'by the owner': (share) => home.owner.call('DELETE', `/api/shares/${share}`),
    'by the gateway': (share) =>
      home.gateway.call('POST', '/ends', home.pat, { id: `order-${share}`, target: { share } }),
  };

  const pass = async (ms: number): Promise<void> => (ms > 0 ? setTimeout(ms) : undefined);

  /** @returns what the token endpoint and the withdrawal answered, both begun at about the same time */
  async function race(order: string, headStartMs: number, grant: () => Promise<Reply>, end: () => Promise<Reply>) {
    if (order === 'the grant first') {
      const granting = grant();
      await pass(headStartMs);
      return Promise.all([granting, end()]);
    }
    const ending = end();
    await pass(headStartMs);
    return Promise.all([grant(), ending]);
  }

  for (const order of ['the grant first', 'the withdrawal first']) {
    it(`${order}: no token is alive once the withdrawal was answered, in ${trialsEachWay} trials`, async () => {
      const choices = seeded(`grant and withdrawal, ${order}`);
      let granted = 0;
      for (let trial = 0; trial < trialsEachWay; trial += 1) {
        const share = await home.share(device);
        const ticket = await home.ticket();
        const end = waysToEnd[choices.pick(Object.keys(waysToEnd))] ?? assert.fail();
        const headStartMs = choices.below(mostHeadStartMs + 1);
        const [reply, ended] = await race(
          order,
          headStartMs,
          () => device.rpt(ticket),
          () => end(share),
        );
        assert.equal(ended.status, 200, JSON.stringify(ended.body));
        if (reply.status !== 200) {
          // 403: nothing covers it any more, so it is asked for or refused.
          assert.equal(reply.status, 403, JSON.stringify(reply.body));
          continue;
        }
        granted += 1;
        assert.equal(await isAlive(reply.body.access_token), false, `trial ${trial}: alive after the withdrawal`);
        // G 3.6: nor does what renews it.
        if (reply.body.refresh_token) {
          const renewed = await device.token({ grant_type: 'refresh_token', refresh_token: reply.body.refresh_token });
          assert.notEqual(renewed.status, 200);
        }
      }
      console.log(`      granted before the withdrawal: ${granted} of ${trialsEachWay}`);
    });
  }

  it('a token is alive for as long as nobody withdraws its share', async () => {
    await home.share(device);
    const { body } = await device.rpt(await home.ticket());
    assert.equal(await isAlive(body.access_token), true);
    const { status } = await form(`${home.issuer}/token/introspection`, { token: body.access_token });
    assert.equal(status, 401, 'and nobody else is told so');
  });
});

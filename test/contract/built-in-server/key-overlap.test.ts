/** A device that changes its key may ask that what is on its way with the old one arrives (docs/device-keys.md). */
import assert from 'node:assert/strict';
import { eventually } from '../../flows/support/eventually.ts';
import { type Home, openHome } from '../support/home.ts';
import { rotate } from '../support/rotation.ts';
import { clientOf, registerClient, type TestClient } from '../support/test-client.ts';
import { newKey, type TestKey } from '../support/test-key.ts';

describe('POST /devices/{id}/key with an overlap', () => {
  let home: Home;
  const clock = { ms: 0 };
  const nowMs = () => Date.now() + clock.ms;

  beforeEach(async () => {
    clock.ms = 0;
    home = await openHome({ nowMs });
  });
  afterEach(() => home.close());

  const withKey = (device: TestClient, key: TestKey) => clientOf(home.issuer, device.clientId, key);
  const isActive = async (token: string) =>
    (await home.gateway.authenticated('/token/introspection', { token })).body.active as boolean;
  /** A device with a token, then with another key and this overlap. */
  const rotated = async (overlap: number | undefined) => {
    const device = await registerClient(home.issuer, { client_name: 'lamp' });
    await home.share(device);
    const token: string = (await device.rpt(await home.ticket())).body.access_token;
    const next = await newKey();
    const reply = await rotate(device, next, { claims: { overlap } });
    return { device, token, next, reply };
  };

  it('what was issued before stays good until the overlap is over, and not a moment longer', async () => {
    const { token, reply } = await rotated(1);
    assert.equal(reply.status, 200);
    assert.equal(await isActive(token), true);
    await eventually('the old key’s token should end', async () => !(await isActive(token)));
  });

  it('the token endpoint takes the new key only, at once', async () => {
    const { device, next } = await rotated(30);
    assert.equal((await device.rpt(await home.ticket())).status, 401);
    assert.equal((await withKey(device, next).rpt(await home.ticket())).status, 200);
  });

  it('ends on time though the server was down meanwhile, and what the new key got stays', async () => {
    const { device, token, next } = await rotated(20);
    const fresh: string = (await withKey(device, next).rpt(await home.ticket())).body.access_token;
    const port = Number(new URL(home.issuer).port);
    await home.server.close();
    clock.ms = 21_000;
    home.server = await home.place.start({ port, nowMs });
    await eventually('the old key’s token should end', async () => !(await isActive(token)));
    assert.equal(await isActive(fresh), true);
  });

  it('a suspended or retired device has none', async () => {
    for (const to of ['suspend', 'retire']) {
      const { device, token } = await rotated(30);
      await home.owner.call('POST', `/api/devices/${device.clientId}/${to}`, {});
      assert.equal(await isActive(token), false, to);
    }
  });

  it('an overlap made by a clock that was ahead ends once that is set right', async () => {
    clock.ms = 3_600_000;
    const { token } = await rotated(30);
    const port = Number(new URL(home.issuer).port);
    await home.server.close();
    clock.ms = 0;
    home.server = await home.place.start({ port, nowMs });
    await eventually('the old key’s token should end', async () => !(await isActive(token)));
  });

  it('is refused where it is longer than half a minute, or no number of seconds', async () => {
    for (const overlap of [31, -1, 1.5, '10', null, 1e9] as number[])
      assert.deepEqual((await rotated(overlap)).reply.status, 400, String(overlap));
    const { token } = await rotated(0);
    assert.equal(await isActive(token), false, 'none is none');
  });
});

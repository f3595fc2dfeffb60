import assert from 'node:assert/strict';
import { guardedOwner } from '../../../lib/gateway/guarded-owner.ts';
import type { OwnerRole } from '../../../lib/servers/authorization-server.ts';

const wish = { party: { kind: 'device', id: 'client-7' }, resource: 'r-1', scopes: ['start'], conditions: {} } as const;

describe('sharing what is being ended', () => {
  it('is refused with the name of the device, and not with its id', async () => {
    const hint = { key: 'hint.grant_quarantined', values: { party: 'client-7', resource: 'r-1' } };
    const blocks = { overlapping: () => hint, deviceName: () => 'Thermostat' };
    const owner = guardedOwner({} as OwnerRole, blocks, () => {});
    const said = { code: 'being_ended', hint: { ...hint, values: { party: 'Thermostat', resource: 'r-1' } } };
    await assert.rejects(owner.grant({ ...wish, scopes: ['start'] }), said);
  });
});

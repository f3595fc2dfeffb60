/** Outside devices that an owner shared with, and which were let through. */
import assert from 'node:assert/strict';
import type { FlowHome } from '../../flows/support/flow-home.ts';
import { addressOf } from '../../flows/support/load.ts';
import { type OutsideDevice, outsideDevice } from '../../flows/support/outside-device.ts';

export interface Permitted {
  device: OutsideDevice;
  share: string;
  rpt: string;
}

/** @returns what lets another device in, each by an address of its own: tickets are limited for each */
export function permitting(): (home: FlowHome, name: string) => Promise<Permitted> {
  let addresses = 0;
  return async (home, name) => {
    const device = await outsideDevice(home, name);
    const share = await device.share();
    addresses += 1;
    const rpt = await device.rpt(undefined, addressOf(addresses));
    assert.equal((await device.call(rpt)).status, 200);
    return { device, share, rpt };
  };
}

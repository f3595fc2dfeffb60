import type { Tables } from './tables.ts';

/** How much an owner has. Requests are no part of it: they may be too old by now, and only whoever reads them sees that. */
export interface Counts {
  devices: number;
  resources: number;
  shares: number;
  gateways: number;
  /** Devices and resources that no flow of their gateway has any more. */
  leftFlow: number;
}

/** Asks the index alone: an owner's page wants to know after every change. */
export function countsOf({ devices, resources, shares, gateways }: Tables, owner: string): Counts {
  return {
    devices: devices.count('owner', owner),
    resources: resources.count('owner', owner),
    shares: shares.count('owner', owner),
    gateways: gateways.count('owner', owner),
    leftFlow: devices.count('leftFlow', owner) + resources.count('leftFlow', owner),
  };
}

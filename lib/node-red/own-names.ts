import { hostname, networkInterfaces } from 'node:os';

/** Of containers and virtual machines: nobody else in the home network knows these. */
const virtual = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lo)/;

/**
 * Names and addresses under which others in the home network may know this computer, best first: a name outlives the
 * address that a router gives. Nothing that needs a zone (fe80::…) and no temporary guess at what the router knows.
 */
export function ownNames(): string[] {
  const name = hostname().toLowerCase();
  const names = name.includes('.') ? [name] : [`${name}.local`];
  const addresses = Object.entries(networkInterfaces())
    .filter(([device]) => !virtual.test(device))
    .flatMap(([, list]) => list ?? [])
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .sort((one, other) => one.family.localeCompare(other.family))
    .map(({ address }) => address);
  return [...names, ...new Set(addresses)];
}

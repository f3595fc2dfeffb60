import { isJsonObject, isText } from '../uma/json-body.ts';
import type { DeviceState, ServerChange } from './authorization-server.ts';

const STATES: readonly string[] = ['provisioned', 'active', 'quarantined', 'retired'] satisfies DeviceState[];

/** Which texts a change of each kind names, beside its number and time. */
const NAMED = {
  'share-granted': ['share', 'device', 'resource'],
  'share-ended': ['share', 'device', 'resource'],
  'token-revoked': ['tokenHash'],
  'request-denied': ['device', 'resource'],
  'request-made': ['request', 'device', 'resource'],
  'device-state': ['device', 'state'],
  'device-key': ['device', 'jkt'],
  panic: ['owner'],
  'panic-ended': ['owner'],
  gap: ['owner'],
} as const;

/**
 * Reads one event of the built-in server's stream.
 *
 * @returns undefined for one that is not understood: of a later version, or not what it should be
 */
export function readServerChange(id: string, data: string): (ServerChange & { number: number }) | undefined {
  const change = parsed(data);
  if (!/^\d{1,15}$/.test(id) || !isJsonObject(change)) return undefined;
  const { type, at } = change;
  if (!isKnown(type) || typeof at !== 'number') return undefined;
  const names = NAMED[type].map((name): [string, unknown] => [name, change[name]]);
  if (!names.every(([, value]) => isText(value))) return undefined;
  if (type === 'device-state' && !STATES.includes(String(change.state))) return undefined;
  if (type === 'gap') names.push(['panic', change.panic]);
  if (type === 'gap' && change.restored === true) names.push(['restored', true]);
  if (type === 'share-ended' && change.why === 'used_up') names.push(['why', change.why]);
  if (type === 'device-state' && isText(change.why)) names.push(['why', change.why]);
  if (type === 'gap' && typeof change.panic !== 'boolean') return undefined;
  return { type, number: Number(id), at, ...Object.fromEntries(names) } as ServerChange & { number: number };
}

function isKnown(type: unknown): type is keyof typeof NAMED {
  return typeof type === 'string' && Object.hasOwn(NAMED, type);
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

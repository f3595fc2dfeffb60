import type { ServerChange } from '../servers/authorization-server.ts';
import type { Chores } from './chores.ts';
import type { DeviceBook } from './device-book.ts';
import type { DeviceStates } from './device-states.ts';
import type { Holds } from './holds.ts';
import type { OutsideNames } from './outside-names.ts';
import type { Provisioning } from './provisioning.ts';
import type { Rotation } from './rotation.ts';

export interface HearingPorts {
  book: DeviceBook;
  states: DeviceStates;
  provisioning: Provisioning;
  holds: Pick<Holds, 'has'>;
  chores: Chores;
  rotation: Pick<Rotation, 'awaits'>;
  names: Pick<OutsideNames, 'ask'>;
  log(line: string): void;
}

/** What a gateway's devices do about what the server tells. */
export function createHearing(ports: HearingPorts): (change: ServerChange) => Promise<void> {
  const { book, states, provisioning, holds, chores, names } = ports;

  /** What had to wait for the server. */
  function catchUp(): void {
    const waiting = book.all().filter((record) => holds.has(record.key) && !provisioning.isProvisioned(record));
    for (const { key } of waiting) chores.run(key, () => provisioning.provision(key));
    for (const clientId of book.owing()) chores.run(clientId, () => states.settle(clientId));
  }

  /** How its devices stand was told while nobody heard it. */
  function askAnew(): void {
    const own = book.all().flatMap(({ clientId }) => clientId ?? []);
    // Of those whose keys are elsewhere, what must not pass is all that is known: it may be let go on by now.
    for (const clientId of [...own, ...book.stoppedElsewhere()]) chores.run(clientId, () => states.look(clientId));
  }

  /** While nothing was shared with it here, nobody told this gateway how it stands. */
  function askOfShared(device: string): void {
    if (book.stoppedElsewhere().includes(device)) chores.run(device, () => states.look(device));
    if (book.byClientId(device) === undefined) names.ask(device);
  }

  return async (change) => {
    if (change.type === 'device-state') await states.apply(change);
    if (change.type === 'device-key') warnOfForeignKey(ports, change);
    if (change.type === 'alive') catchUp();
    if (change.type === 'gap') askAnew();
    if (change.type === 'share-granted') askOfShared(change.device);
  };
}

/** Nobody but this gateway changes the keys of its devices. What is bound to another key is refused here anyway. */
function warnOfForeignKey(
  { book, rotation, log }: Pick<HearingPorts, 'book' | 'rotation' | 'log'>,
  { device, jkt }: ServerChange & { type: 'device-key' },
): void {
  const record = book.byClientId(device);
  if (record === undefined || record.thumbprint === jkt || rotation.awaits(record.key, jkt)) return;
  log(`device ${record.key}: its key was replaced by somebody who has a copy of it; its owner should retire it`);
}

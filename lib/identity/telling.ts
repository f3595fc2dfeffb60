import type { DeviceRole } from '../servers/authorization-server.ts';
import type { DeviceBook } from './device-book.ts';
import type { Stop } from './device-record.ts';

/** Whether the server knows of a stop yet; if not, it is told as soon as it answers. */
export type Told = { told: true } | { told: false; error: unknown };

/** Tells the server of stops made here: one at a time for each device, until it has heard. */
export function createTelling(
  book: DeviceBook,
  devices: Pick<DeviceRole, 'setState'>,
): { settle(clientId: string): Promise<Told> } {
  const underWay = new Map<string, Promise<Told>>();

  async function tell(clientId: string, owed: Stop): Promise<Told> {
    try {
      await devices.setState(clientId, owed);
    } catch (error) {
      if (isUnknownThere(error)) await book.setState(clientId, owed);
      return { told: false, error };
    }
    if (book.state(clientId)?.owed === owed) await book.setState(clientId, owed);
    return { told: true };
  }

  return {
    async settle(clientId) {
      await underWay.get(clientId);
      const owed = book.state(clientId)?.owed;
      if (owed === undefined) return { told: true };
      const told = underWay.get(clientId) ?? tell(clientId, owed).finally(() => underWay.delete(clientId));
      underWay.set(clientId, told);
      return told;
    },
  };
}

/** The server has no such device for us: asking again would not help. A stop holds here all the same. */
export function isUnknownThere(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'not_found';
}

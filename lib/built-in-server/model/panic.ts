import type { Events } from './events.ts';
import type { History } from './history.ts';
import { announceEnded, type IssuedTokens } from './issued-tokens.ts';
import { ModelError } from './model-error.ts';
import type { OpenRegistration } from './open-registration.ts';
import type { Actor } from './records.ts';
import { nameKey, type Tables } from './tables.ts';

/** *Everything* of one owner is stopped until the owner, with the password, ends it. Withdrawn shares stay withdrawn. */
export interface Panic {
  active(owner: string): boolean;
  /** Nothing is started or widened meanwhile. @throws ModelError `panic_active` */
  refuse(owner: string): void;
  /** Ends every token for the owner's things, every `shares:*` token and open registration. @returns when it began and the events' numbers */
  start(owner: string, by: Actor): { since: number; events: number[] };
  /** Another value after every start, also of one that goes on. Whoever is about to end it looks here first. */
  pressed(owner: string): number;
  /** @param pressed - what was seen before the password was checked. @throws ModelError `panic_active`: it began again meanwhile */
  end(owner: string, by: Actor, pressed: number): { events: number[] };
}

export interface PanicParts {
  tables: Tables;
  nowSeconds(): number;
  events: Pick<Events, 'add'>;
  history: Pick<History, 'add'>;
  issued: IssuedTokens;
  openRegistration: Pick<OpenRegistration, 'close'>;
}

export function createPanic(parts: PanicParts): Panic {
  const { tables, nowSeconds, events, history, issued } = parts;
  const record = (owner: string) => tables.owners.get(nameKey(owner));
  const active = (owner: string) => record(owner)?.panicSince !== undefined;
  const presses = new Map<string, number>();
  const pressed = (owner: string) => presses.get(owner) ?? 0;
  const gatewaysOf = (owner: string) => tables.gateways.by('owner', owner).map((gateway) => gateway.clientId);
  return {
    active,
    refuse(owner) {
      if (active(owner)) throw new ModelError('panic_active', 'everything is stopped; end that first');
    },
    start(owner, by) {
      const before = record(owner);
      if (before === undefined) return { since: nowSeconds(), events: [] };
      presses.set(owner, pressed(owner) + 1);
      issued.endAuthority(owner);
      for (const gateway of tables.gateways.by('owner', owner))
        tables.gateways.put(gateway.clientId, { ...gateway, asksAnew: true });
      parts.openRegistration.close(owner);
      if (before.panicSince !== undefined) return { since: before.panicSince, events: [] };
      const at = nowSeconds();
      tables.owners.put(nameKey(owner), { ...before, panicSince: at });
      history.add({ what: 'panic', by, owner });
      const own = gatewaysOf(owner);
      const told = events.add({ type: 'panic', at, owner }, own);
      const elsewhere = endTokens(parts, owner).filter((token) => !own.includes(token.gateway));
      return { since: at, events: [told, ...announceEnded(elsewhere, at, events.add)] };
    },
    pressed,
    end(owner, by, known) {
      if (pressed(owner) !== known) throw new ModelError('panic_active', 'everything was stopped again meanwhile');
      const before = record(owner);
      if (before?.panicSince !== undefined) {
        const { panicSince: _, ...calm } = before;
        tables.owners.put(nameKey(owner), calm);
        history.add({ what: 'panic_ended', by, owner });
      }
      // Told in any case: a gateway may still be stopped by a panic that this store, put back from a backup, has forgotten.
      return { events: [events.add({ type: 'panic-ended', at: nowSeconds(), owner }, gatewaysOf(owner))] };
    },
  };
}

/** Everything issued for the owner's resources, and everything the owner's devices hold anywhere. */
function endTokens({ tables, issued }: PanicParts, owner: string) {
  const onResources = tables.resources.by('owner', owner).flatMap((resource) => issued.endByResource(resource.id));
  const ofDevices = tables.devices.by('owner', owner).flatMap((device) => issued.endByDevice(device.clientId));
  return [...onResources, ...ofDevices];
}

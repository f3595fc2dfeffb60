import type { DeviceRegistry } from '../identity/device-registry.ts';
import type { Resources } from '../protecting/resources.ts';
import type { Requesting } from '../requesting/requesting.ts';
import type { Revocation } from '../revocation/revoke.ts';
import type { AuthorizationServer, Watch } from '../servers/authorization-server.ts';
import type { InFlowTelling } from './in-flows.ts';
import type { RequestWatch } from './request-watch.ts';

export interface ChangeParts {
  server: Pick<AuthorizationServer, 'watch'>;
  revocation: Pick<Revocation, 'denyFromServer' | 'outbox' | 'denylist'>;
  registry: Pick<DeviceRegistry, 'apply'>;
  requesting: Pick<Requesting, 'changed' | 'ended'>;
  resources: Pick<Resources, 'retry'>;
  requestWatch: Pick<RequestWatch, 'changed'>;
  inFlows: Pick<InFlowTelling, 'changed'>;
  nowMs(): number;
  /** The server was heard for the first time: from now on its answers are fresh. */
  heard(): void;
  /** Everything is stopped, or no more. */
  stopped(altogether: boolean): void;
}

/** The server gives a sign of life every 5 s: after a longer silence, what waited for it is tried at once. */
const silenceMs = 8_000;

/**
 * Every subscription of a gateway: what the server tells reaches all who must know, and what is denied here ends tokens
 * here. A change counts as heard once its denial is on disk: then it may be acknowledged.
 */
export function followChanges(parts: ChangeParts): Watch {
  const { server, revocation, registry, requesting, resources, nowMs } = parts;
  let heardMs = 0;
  const look = (): void => parts.stopped(revocation.denylist.stoppedAltogether());
  // What was stopped before a restart is stopped from the first moment on.
  look();
  const stopHearing = revocation.denylist.onDenied((target) => {
    requesting.ended(target);
    look();
  });
  const watch = server.watch(async (change) => {
    if (change.type === 'alive') {
      look();
      if (nowMs() - heardMs > silenceMs) {
        revocation.outbox.kick();
        resources.retry();
      }
      const first = heardMs === 0;
      heardMs = nowMs();
      if (first) parts.heard();
      parts.requestWatch.changed(change);
      parts.inFlows.changed(change);
      return registry.apply(change);
    }
    // Whatever ends is denied in the same tick; nothing that starts is told before that is done.
    const denied = revocation.denyFromServer(change);
    requesting.changed(change);
    parts.requestWatch.changed(change);
    parts.inFlows.changed(change);
    await Promise.all([denied, registry.apply(change)]);
    look();
  });
  return {
    lastHeardMs: watch.lastHeardMs,
    close: async () => {
      stopHearing();
      await watch.close();
    },
  };
}

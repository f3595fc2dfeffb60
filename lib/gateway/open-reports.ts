/** What this gateway tells its server for its owner's pages, in its own time. */
import type { DeviceRegistry } from '../identity/device-registry.ts';
import type { Resources } from '../protecting/resources.ts';
import { systemTimers } from '../revocation/timers.ts';
import type { BuiltInServer } from '../servers/built-in.ts';
import type { InFlows } from '../servers/reports.ts';
import { sleep } from '../servers/waiting.ts';
import type { Closers } from './closers.ts';
import { createInFlowTelling, type InFlowTelling } from './in-flows.ts';
import { createRefusalTelling, type RefusalTelling } from './refusal-telling.ts';

interface ReportParts {
  server: Pick<BuiltInServer, 'reports' | 'join'>;
  registry: Pick<DeviceRegistry, 'list' | 'isHeld'>;
  resources: Pick<Resources, 'list' | 'isHeld'>;
}

export function openReports(
  parts: ReportParts,
  closers: Closers,
): { inFlows: InFlowTelling; refusals: RefusalTelling } {
  const { reports, join } = parts.server;
  const { ready } = join;
  const inFlows = createInFlowTelling({ there: () => inFlowsOf(parts), tell: reports.inFlows, ready, sleep });
  closers.add(() => inFlows.close());
  const refusals = createRefusalTelling({ tell: reports.refusals, ready, timers: systemTimers, nowMs: Date.now });
  closers.add(() => refusals.close());
  return { inFlows, refusals };
}

/** What has no id at the server yet is told once it has one. */
function inFlowsOf({ registry, resources }: ReportParts): InFlows {
  const devices = registry.list().flatMap(({ clientId }) => (registry.isHeld(clientId) ? clientId : []));
  const kept = resources.list().flatMap(({ key, id }) => (id !== undefined && resources.isHeld(key) ? id : []));
  return { devices, resources: kept };
}

/** What these pages know of the home, list by list, and how each is asked for. */
import type { Answer, Api } from '../wire/api.ts';
import { everyPage } from '../wire/every-page.ts';
import type {
  DeviceRecord,
  GatewayRecord,
  HomeRecord,
  PersonRecord,
  RequestRecord,
  ResourceRecord,
  SessionRecord,
  ShareRecord,
} from '../wire/records.ts';

export interface Topics {
  home: HomeRecord;
  requests: RequestRecord[];
  devices: DeviceRecord[];
  /** Devices that nobody has claimed yet. */
  newcomers: DeviceRecord[];
  shares: ShareRecord[];
  resources: ResourceRecord[];
  gateways: GatewayRecord[];
  people: PersonRecord[];
  sessions: SessionRecord[];
}

export type Topic = keyof Topics;

export type Loaders = { [K in Topic]: () => Promise<Answer<Topics[K]>> };

export function createLoaders(api: Api): Loaders {
  return {
    home: () => api.get('/api/home'),
    requests: () => everyPage(api, '/api/requests'),
    devices: () => everyPage(api, '/api/devices'),
    newcomers: () => everyPage(api, '/api/devices?claimed=no'),
    // A home may have thousands, and what is looked at is told in sentences here.
    shares: () => everyPage(api, '/api/shares?sentences=no'),
    resources: () => everyPage(api, '/api/resources'),
    gateways: () => everyPage(api, '/api/gateways'),
    people: () => everyPage(api, '/api/people'),
    sessions: () => everyPage(api, '/api/sessions'),
  };
}

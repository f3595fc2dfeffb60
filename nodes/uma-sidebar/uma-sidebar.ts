import type { NodeAPI } from 'node-red';
import { serveSidebar } from '../../lib/node-red/admin-sidebar.ts';

/** uma-sidebar: who may do what, who asks, and what is decided, beside the flows. A plugin: there is no node of it. */
export default function (RED: NodeAPI): void {
  serveSidebar(RED);
}

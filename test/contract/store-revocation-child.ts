/** A process that revokes one share after the other, prints each receipt's id and share, and waits to be killed. */
import { createRevocation } from '../../lib/revocation/revoke.ts';
import { openStore } from '../../lib/store/open-store.ts';

const [dir = '', keyDir = ''] = process.argv.slice(2);
const store = await openStore({ dir, keyDir, env: {} });
const server = { end: () => new Promise<never>(() => {}) };
const revocation = createRevocation({ store, server, now: () => Date.now() / 1000, maxTokenLifetimeSeconds: 300 });
setInterval(() => {}, 1_000);
for (let n = 0; ; n++) {
  const { receipt } = await revocation.revoke({ share: `sh_${n}` }, { confirmWithinMs: 0 });
  process.stdout.write(`${receipt.id} sh_${n}\n`);
}

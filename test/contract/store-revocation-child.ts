/**
 * A process that revokes one share after the other, or uses them up, prints each receipt's id (or `used`) and share, and
 * waits to be killed.
 */
import { createRevocation } from '../../lib/revocation/revoke.ts';
import { openStore } from '../../lib/store/open-store.ts';

const [dir = '', keyDir = '', what = 'revoke'] = process.argv.slice(2);
const store = await openStore({ dir, keyDir, env: {} });
const server = { end: () => new Promise<never>(() => {}) };
const revocation = createRevocation({ store, server, now: () => Date.now() / 1000, maxTokenLifetimeSeconds: 300 });
setInterval(() => {}, 1_000);
for (let n = 0; ; n++) {
  if (what === 'use') revocation.once.use([`sh_${n}`]);
  const id =
    what === 'use' ? 'used' : (await revocation.revoke({ share: `sh_${n}` }, { confirmWithinMs: 0 })).receipt.id;
  await new Promise((resolve) => process.stdout.write(`${id} sh_${n}\n`, resolve));
}

import { signIn } from '../load/owner.ts';
import { openSender } from '../load/sender.ts';
import type { NodeRedHome } from './home.ts';

/** Resolves when the gateway of this Node-RED is connected, by its owner's word where it asks. */
export async function letIn(home: NodeRedHome): Promise<void> {
  const line = await home.process().line(/the code [A-Z]{4}-[A-Z]{4}|connected to its owner/);
  const [code] = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(line) ?? [];
  if (code) {
    const sender = openSender(home.issuer);
    await (await signIn(sender)).approve(code);
    await sender.close();
  }
  await home.process().line(/connected to its owner/);
}

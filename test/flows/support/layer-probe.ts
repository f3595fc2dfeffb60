/** Tells what Node-RED's web server looks through for each request. Installed as a node of the userDir. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const program = `
module.exports = (RED) => {
  RED.httpAdmin.get('/layer-probe', (request, response) => {
    let app = RED.httpNode;
    while (app.parent) app = app.parent;
    const { length: layers } = app._router.stack;
    response.json({ layers, upgrades: RED.server.listenerCount('upgrade') });
  });
};
`;

export function installLayerProbe(userDir: string): void {
  const dir = join(userDir, 'nodes');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'layer-probe.js'), program);
  writeFileSync(join(dir, 'layer-probe.html'), '');
}

export async function layersOf(url: string): Promise<{ layers: number; upgrades: number }> {
  return (await (await fetch(`${url}/layer-probe`)).json()) as { layers: number; upgrades: number };
}

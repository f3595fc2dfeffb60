/** A login of the editor that lets everybody do everything, and still is one: only with a login may the sidebar say yes. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** As Node-RED's settings have it. */
export const openLogin = { adminAuth: { type: 'credentials', users: [], default: { permissions: '*' } } };

/** Adds it to the settings of a Node-RED that is yet to be started. */
export function addOpenLogin(userDir: string): void {
  const line = `\nmodule.exports.adminAuth = ${JSON.stringify(openLogin.adminAuth)};\n`;
  appendFileSync(join(userDir, 'settings.js'), line);
}

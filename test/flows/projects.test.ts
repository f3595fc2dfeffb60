/** Node-RED's projects: flows live in a git repository that is shown around; keys, tokens and shares must not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowHome, flowHome } from './support/flow-home.ts';

/** Makes the flow of a laid-out home that of its one project. */
function moveIntoProject({ userDir }: FlowHome): string {
  const project = join(userDir, 'projects', 'home');
  mkdirSync(project, { recursive: true });
  renameSync(join(userDir, 'flows.json'), join(project, 'flow.json'));
  const settings = { flowFile: 'flow.json', credentialsFile: 'flow_cred.json' };
  const manifest = { name: 'home', version: '0.0.1', dependencies: {}, 'node-red': { settings } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  const active = { projects: { home: { credentialSecret: false } }, activeProject: 'home' };
  writeFileSync(join(userDir, '.config.projects.json'), JSON.stringify(active));
  execFileSync('git', ['init', '--quiet', project]);
  const file = join(userDir, 'settings.js');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"tours":', '"projects": { "enabled": true }, "tours":'));
  return project;
}

describe('in a Node-RED with projects', () => {
  let home: FlowHome;

  before(async () => {
    home = await flowHome();
  });
  after(() => home?.remove());

  it('the stores and their key stay in the user directory, and the project holds nothing of them', async () => {
    const project = moveIntoProject(home);
    await home.start();
    await home.ready();
    assert.ok(
      home.lines.some((line) => /Active project\s*: home/.test(line)),
      home.lines.join('\n'),
    );
    await home.deploy();
    for (const kept of ['key', 'gateway', 'server']) assert.ok(existsSync(join(home.userDir, 'uma', kept)), kept);
    const files = readdirSync(project, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((path) => /(^|\/)(uma|key|data\.mdb|lock\.mdb)(\/|$)/.test(path)),
      [],
    );
    const key = readFileSync(join(home.userDir, 'uma', 'key'), 'utf8').trim();
    const kept = files
      .filter((path) => path.endsWith('.json'))
      .map((path) => readFileSync(join(project, path), 'utf8'));
    assert.ok(!kept.join().includes(key));
  });
});

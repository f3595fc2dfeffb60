// Publishes this version: from a clean checkout whose commit has the version's tag, after everything passed, with provenance.
// `--dry-run` does all but the last step.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const isDry = process.argv.includes('--dry-run');

function ask(command, ...args) {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}

function run(command, ...args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) stop(`${command} ${args.join(' ')} failed`);
}

function stop(why) {
  console.error(`Not published: ${why}.`);
  process.exit(1);
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (ask('git', 'status', '--porcelain') !== '') stop('there are changes that are not committed');
if (!isDry && !ask('git', 'tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`))
  stop(`this commit has no tag v${version}`);
if (!isDry && !readFileSync('CHANGELOG.md', 'utf8').includes(`## ${version}`))
  stop(`CHANGELOG.md says nothing of ${version}`);
run('.ci/run');
run('npm', 'publish', '--access', 'public', isDry ? '--dry-run' : '--provenance');

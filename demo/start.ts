#!/usr/bin/env node
/** What `npm start` runs: a real Node-RED with the demo home, and its story told once in the log. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEditorLine } from './editor-line.ts';
import { isFree } from './free-port.ts';
import { type DemoHome, prepareHome } from './home.ts';
import { type NodeRedProcess, startNodeRed } from './node-red-process.ts';
import { signIn } from './owner.ts';
import { playStory, showMemory } from './story.ts';

const packageDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function say(sentence: string): void {
  console.log(`  ${sentence}`);
}

/** A sentence, not a stack: the reader has not read the code. */
function fail(error: unknown): never {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

function portFrom(variable: 'PORT' | 'UMA_PORT', otherwise: number): number {
  const port = Number(process.env[variable] ?? otherwise);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`${variable} must be a port number between 1 and 65535.`);
}

async function requireFree(variable: 'PORT' | 'UMA_PORT', port: number): Promise<void> {
  if (await isFree(port)) return;
  throw new Error(
    `Port ${port} is in use. Choose another with ${variable}, for example: ${variable}=${port + 1} npm start`,
  );
}

/** Node-RED prints much that matters only when something goes wrong. */
function showLine(line: string): void {
  if (/\[(error|warn)\]/.test(line) && !/Projects disabled|Encrypted credentials not found/.test(line))
    console.log(line);
}

async function startHome(home: DemoHome, port: number): Promise<NodeRedProcess> {
  return startNodeRed({
    userDir: home.dir,
    port,
    env: { UMA_OWNER: home.owner, UMA_OWNER_PASSWORD: home.password },
    onLine: showLine,
  });
}

/** The gateway asks its owner once; a later start finds the answer in its store. */
async function connectGateway(nodeRed: NodeRedProcess, home: DemoHome, issuer: string) {
  const connected = await nodeRed.line(/connected to its owner|approve the code/i);
  const owner = await signIn(issuer, home.owner, home.password);
  const userCode = /\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}\b/.exec(connected)?.[0];
  if (userCode) {
    await owner.approve(userCode);
    say(`This Node-RED asked to act for its owner with the code ${userCode}; the owner approved.`);
    await nodeRed.line(/connected to its owner/i);
  }
  return owner;
}

function printAddresses(home: DemoHome, port: number, issuer: string): void {
  console.log(`
  Flows             http://127.0.0.1:${port}/
  Owner's server    ${issuer}/        sign in as "${home.owner}"
  Owner's password  ${home.passwordFile}
  Try it            curl -i -X POST http://127.0.0.1:${port}/dishwasher/start
  Stop              Ctrl-C
`);
}

async function play(home: DemoHome, nodeRed: NodeRedProcess, issuer: string, again: boolean): Promise<void> {
  const owner = await connectGateway(nodeRed, home, issuer);
  const line = await openEditorLine(nodeRed.url);
  try {
    const stage = { line, owner, dishwasherUrl: `${nodeRed.url}/dishwasher/start`, tell: say };
    if (home.fresh || again) await playStory(stage);
    else await showMemory(stage);
    await owner.signOut();
  } finally {
    line.close();
  }
}

async function main(): Promise<void> {
  const port = portFrom('PORT', 1880);
  const serverPort = portFrom('UMA_PORT', 1862);
  await requireFree('PORT', port);
  await requireFree('UMA_PORT', serverPort);
  const home = prepareHome(packageDir, port, serverPort);
  const issuer = `http://127.0.0.1:${serverPort}`;
  console.log('Starting Node-RED with the demo home …\n');
  const nodeRed = await startHome(home, port);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      nodeRed.stop().catch(fail);
    });
  }
  try {
    await play(home, nodeRed, issuer, process.argv.includes('--again'));
    printAddresses(home, port, issuer);
  } catch (error) {
    if (stopping) return;
    await nodeRed.stop();
    throw error;
  }
  const code = await nodeRed.ended;
  console.log(stopping ? 'Stopped. Start again with npm start: everything is remembered.' : 'Node-RED ended.');
  process.exitCode = stopping ? 0 : (code ?? 1);
}

main().catch(fail);

#!/usr/bin/env node
/** What `npm start` runs: a real Node-RED with the demo home, and its story told once in the log. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DemoHome, prepareHome } from './home.ts';
import { type NodeRedProcess, startNodeRed } from './node-red-process.ts';
import { type DemoOptions, readOptions, requirePorts } from './options.ts';
import { performDemo } from './performance.ts';

const packageDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A sentence, not a stack: the reader has not read the code. */
function fail(error: unknown): never {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

/** Node-RED prints much that matters only when something goes wrong; how the server stands is told by the demo itself. */
function showLine(line: string): void {
  if (
    /\[(error|warn)\] (?!\[uma-authorization-server:)\S/.test(line) &&
    !/Projects disabled|Encrypted credentials not found/.test(line)
  )
    console.log(line);
}

interface Stopping {
  /** Aborted by the first Ctrl-C: a clean end is asked for. */
  asked: AbortSignal;
  /** A second Ctrl-C does not ask. */
  mayKill(child: NodeRedProcess): void;
}

function stopOnSignals(): Stopping {
  const asking = new AbortController();
  let child: NodeRedProcess | undefined;
  const stop = (): void => {
    if (asking.signal.aborted) child?.kill().catch(fail);
    asking.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return {
    asked: asking.signal,
    mayKill: (started) => {
      child = started;
    },
  };
}

/** Resolves when Node-RED has ended because it was asked to; rejects with the sentence of any other end, with Node-RED stopped. */
async function runUntilAsked(nodeRed: NodeRedProcess, demo: Promise<void>, asked: AbortSignal): Promise<void> {
  const ended = new Error('Node-RED ended by itself.');
  try {
    await Promise.race([nodeRed.ended, demo.then(() => nodeRed.ended)]);
    if (!asked.aborted) throw ended;
  } catch (error) {
    await nodeRed.stop();
    if (asked.aborted) return;
    // A call that broke off is only how the demo heard of it.
    throw (await nodeRed.ended) === 0 ? error : ended;
  }
}

function printAddresses(home: DemoHome, { port }: DemoOptions, issuer: string): void {
  const password = home.passwordFile ?? 'the one in UMA_OWNER_PASSWORD';
  const flows = `http://127.0.0.1:${port}/`;
  const own =
    home.ownTab && `  Your first share  ${flows}#flow/${home.ownTab}        open it, and go on as the README says\n`;
  console.log(`
${own ?? ''}  Flows             ${flows}        the story: press the buttons from top to bottom
  Owner's pages     ${issuer}/#/requests        sign in as "${home.owner}"
  Owner's password  ${password}
  Try it            curl -i -X POST ${flows}dishwasher/start
  Stop              Ctrl-C
`);
}

async function start(home: DemoHome, port: number, asked: AbortSignal): Promise<NodeRedProcess | undefined> {
  const env = { UMA_OWNER: home.owner, UMA_OWNER_PASSWORD: home.password };
  try {
    return await startNodeRed({ userDir: home.dir, port, env, onLine: showLine, signal: asked });
  } catch (error) {
    if (asked.aborted) return undefined;
    throw error;
  }
}

async function main(): Promise<void> {
  // First of all, so that Ctrl-C ends it cleanly whenever it comes.
  const { asked, mayKill } = stopOnSignals();
  const options = readOptions(process.argv.slice(2), process.env);
  await requirePorts(options);
  const home = prepareHome(packageDir, options);
  const issuer = `http://127.0.0.1:${options.serverPort}`;
  console.log(`Starting Node-RED with the demo home in ${home.dir} …\n`);
  const nodeRed = await start(home, options.port, asked);
  if (nodeRed) {
    mayKill(nodeRed);
    const demo = performDemo({ home, url: nodeRed.url, issuer, options });
    await runUntilAsked(
      nodeRed,
      demo.then(() => printAddresses(home, options, issuer)),
      asked,
    );
  }
  console.log('Stopped. Start again with npm start: everything is remembered.');
  // What the story still waited for ends with it.
  process.exit(0);
}

main().catch(fail);

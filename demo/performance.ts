/** What the demo does once Node-RED runs: lets it in, ends a panic if asked to, then plays the story or shows what is remembered. */
import { openEditorLine } from './editor-line.ts';
import type { DemoHome } from './home.ts';
import { askOnce, homeOf, showMemory } from './memory.ts';
import type { DemoOptions } from './options.ts';
import { signIn } from './owner.ts';
import type { Stage } from './stage.ts';
import { playStory } from './story.ts';
import { type WayIn, wayIn } from './way-in.ts';

export interface DemoParts {
  home: DemoHome;
  /** Where the Node-RED answers. */
  url: string;
  issuer: string;
  options: Pick<DemoOptions, 'again' | 'resume'>;
}

function say(sentence: string): void {
  console.log(`  ${sentence}`);
}

async function letIn(way: WayIn, stage: Stage): Promise<void> {
  const code = await way.connect(stage.owner);
  if (code) stage.tell(`This Node-RED asked to act for its owner with the code ${code}; the owner approved.`);
}

/** @returns whether everything is still stopped */
async function mindPanic(stage: Stage, { resume, again }: DemoParts['options']): Promise<boolean> {
  const { panic } = await homeOf(stage);
  if (!panic.active) {
    if (resume) stage.tell('There is no panic to end.');
    return false;
  }
  const since = new Date((panic.since ?? 0) * 1000).toLocaleString('en-GB');
  if (!resume) {
    stage.tell(`Panic: everything is stopped since ${since}. The owner ends that with npm start -- --resume`);
    if (again) stage.tell('The story is not told meanwhile: nothing in it could be shared.');
    return true;
  }
  await stage.owner.endPanic();
  stage.tell(`The owner, with the password, ends the panic of ${since}. What was withdrawn stays withdrawn.`);
  return false;
}

async function play(stage: Stage, home: DemoHome): Promise<void> {
  if (!home.fresh && !home.told())
    stage.tell('The story was not told to its end last time: here it is from the start.');
  // A story that is broken off is not a story told.
  home.setTold(false);
  await playStory(stage);
  home.setTold(true);
}

/** What was changed in the flow may keep a button from working: that is no reason to stop Node-RED. */
async function tolerant(stage: Stage, show: Promise<void>): Promise<void> {
  await show.catch((error: unknown) => stage.tell(error instanceof Error ? error.message : String(error)));
}

async function perform({ home, options }: DemoParts, stage: Stage, way: WayIn): Promise<void> {
  await letIn(way, stage);
  if (await mindPanic(stage, options)) {
    await tolerant(stage, askOnce(stage));
    return;
  }
  const code = await way.connectFlows(stage.owner);
  if (code) stage.tell(`Flows may share for the owner again: the owner approved the code ${code}.`);
  if (home.fresh) await play(stage, home);
  else await tolerant(stage, home.told() && !options.again ? showMemory(stage) : play(stage, home));
}

/** Rejects with one sentence where the home does not come up, or its first story goes another way. */
export async function performDemo(parts: DemoParts): Promise<void> {
  const { home, url, issuer } = parts;
  const way = wayIn(`${url}/uma-home/servers/${encodeURIComponent(home.serverNode)}`);
  await way.serverUp();
  const owner = await signIn(issuer, home.owner, home.password);
  const line = await openEditorLine(url);
  try {
    await perform(parts, { line, owner, dishwasherUrl: `${url}/dishwasher/start`, tell: say }, way);
    await owner.signOut();
  } finally {
    line.close();
  }
}

/** What the Node-RED editor does over its own line: presses inject buttons, deploys, and hears debug messages and statuses. */
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'undici';

export interface DebugMessage {
  /** The id of the debug node. */
  id: string;
  value: unknown;
  atMs: number;
}

export interface EditorLine {
  /** Presses an inject node's button. */
  press(injectId: string): Promise<void>;
  /** The next message of a debug node that satisfies the test, counted from `afterMs` on. */
  heard(debugId: string, test?: (value: unknown) => boolean, afterMs?: number): Promise<DebugMessage>;
  /** The text of a node's status, as last sent. */
  status(nodeId: string): string | undefined;
  deploy(flows: object[], type: 'full' | 'flows' | 'nodes' | 'reload'): Promise<void>;
  flows(): Promise<object[]>;
  close(): void;
}

const kept = 2_000;

/** A debug node's value arrives as text with its format beside it. */
function readValue(data: { msg?: unknown; format?: string }): unknown {
  if (typeof data.msg !== 'string' || !/^(object|array|Object|error)/i.test(data.format ?? '')) return data.msg;
  try {
    return JSON.parse(data.msg);
  } catch {
    return data.msg;
  }
}

/** Connects to the editor's line of a Node-RED without a login. */
export async function openEditorLine(url: string): Promise<EditorLine> {
  const debug: DebugMessage[] = [];
  const statuses = new Map<string, string>();
  const waiting = new Set<() => void>();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);

  const hear = (topic: string, data: { id?: string; msg?: unknown; format?: string; text?: string }): void => {
    if (topic === 'debug') debug.push({ id: data.id ?? '', value: readValue(data), atMs: performance.now() });
    else if (topic.startsWith('status/')) statuses.set(topic.slice('status/'.length), data.text ?? '');
    if (debug.length > kept) debug.shift();
    for (const look of [...waiting]) look();
  };
  socket.addEventListener('message', (event) => {
    const messages = JSON.parse(String(event.data)) as { topic?: string; data?: object }[] | { topic?: string };
    if (Array.isArray(messages)) for (const { topic, data } of messages) if (topic) hear(topic, data ?? {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('The editor line of Node-RED could not be opened.')));
  });
  socket.send(JSON.stringify({ subscribe: 'debug' }));
  socket.send(JSON.stringify({ subscribe: 'status/#' }));

  return {
    press: async (injectId) => {
      // A deploy is answered before the new flows run: until then the node is not there.
      for (let tries = 0; tries < 100; tries += 1) {
        const response = await fetch(`${url}/inject/${injectId}`, { method: 'POST' });
        if (response.ok) return;
        if (response.status !== 404) throw new Error(`Pressing ${injectId} was answered with ${response.status}.`);
        await setTimeout(50);
      }
      throw new Error(`There is no button ${injectId} in this flow.`);
    },
    heard: (debugId, test = () => true, afterMs = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = debug.find(
            (message) => message.id === debugId && message.atMs >= afterMs && test(message.value),
          );
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    status: (nodeId) => statuses.get(nodeId),
    deploy: async (flows, type) => {
      const response = await fetch(`${url}/flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
        body: JSON.stringify(flows),
      });
      if (!response.ok) throw new Error(`The deploy was answered with ${response.status}.`);
    },
    flows: async () => (await (await fetch(`${url}/flows`)).json()) as object[],
    close: () => socket.close(),
  };
}

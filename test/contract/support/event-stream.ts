/** Reads `GET /events` as any client of server-sent events would. */
import type { TestClient } from './test-client.ts';
import { proof } from './test-key.ts';

export interface HeardEvent {
  id: number;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever it heard
  data: any;
}

export interface EventStream {
  /** The next event that fits; waits for it. */
  next(fits?: (event: HeardEvent) => boolean): Promise<HeardEvent>;
  /** The next comment (a heartbeat). */
  heartbeat(): Promise<string>;
  /** Resolves when the server ended the stream. */
  ended: Promise<void>;
  close(): void;
}

export async function openEvents(client: TestClient, token: string, after?: number): Promise<EventStream> {
  const url = `${client.issuer}/events`;
  const ask = async (nonce?: string) => {
    const headers: Record<string, string> = {
      authorization: `DPoP ${token}`,
      dpop: await proof(client.key, { method: 'GET', url, token, nonce }),
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    };
    return fetch(url, { headers, signal: abort.signal });
  };
  const abort = new AbortController();
  let response = await ask();
  if (response.status === 401) response = await ask(response.headers.get('dpop-nonce') ?? undefined);
  if (!response.body || response.status !== 200) throw new Error(`no events: ${response.status}`);
  return readStream(response.body, abort);
}

/** @param abort - ends the request that the body belongs to */
export function readStream(body: ReadableStream<Uint8Array>, abort: AbortController): EventStream {
  const blocks: string[] = [];
  const looks = new Set<() => void>();
  const waitFor = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        looks.delete(look);
        resolve(found);
      };
      looks.add(look);
      look();
    });
  const take =
    <T>(read: (block: string) => T | undefined) =>
    () => {
      for (const [index, block] of blocks.entries()) {
        const found = read(block);
        if (found === undefined) continue;
        blocks.splice(0, index + 1);
        return found;
      }
      return undefined;
    };
  const ended = (async () => {
    let text = '';
    try {
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        blocks.push(...parts);
        for (const look of [...looks]) look();
      }
    } catch {
      // Closed by us or by the server: both are an end.
    }
  })();
  return {
    next: (fits = () => true) => waitFor(take((block) => eventOf(block, fits))),
    heartbeat: () => waitFor(take((block) => (block.startsWith(':') ? block : undefined))),
    ended,
    close: () => abort.abort(),
  };
}

function eventOf(block: string, fits: (event: HeardEvent) => boolean): HeardEvent | undefined {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  if (!fields.has('data')) return undefined;
  const event = {
    id: Number(fields.get('id')),
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? ''),
  };
  return fits(event) ? event : undefined;
}

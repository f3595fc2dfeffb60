import assert from 'node:assert/strict';
import { changedTopics } from '../../../portal/live/changed-topics.ts';
import { createEventParser } from '../../../portal/live/event-parser.ts';
import { createLive, type News } from '../../../portal/live/live.ts';

/** The server's end of one stream. */
function aStream() {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    response: new Response(readable),
    say: (text: string) => writer.write(encoder.encode(text)),
    end: () => writer.close(),
  };
}

describe('server-sent events, as the portal reads them', () => {
  it('are whole however they were cut, and a heartbeat is none', () => {
    const heard: string[] = [];
    const parse = createEventParser(({ event, data }) => void heard.push(`${event}=${data}`));
    for (const piece of [': ali', 've\n', '\nevent: cha', 'nged\ndata: {"a"', ':1}\n\neve', 'nt: x\n\n']) parse(piece);
    assert.deepEqual(heard, ['=', 'changed={"a":1}', 'x=']);
  });
});

describe('the portal’s ear', () => {
  it('hears what changed, reads all after each connection, and says when it is away', async () => {
    const streams = [aStream(), aStream()];
    const answers = [streams[0]?.response, undefined, streams[1]?.response];
    const heard: News[] = [];
    const aways: boolean[] = [];
    const asked: AbortSignal[] = [];
    let wake = () => {};
    const heardTimes = (count: number) =>
      new Promise<void>((resolve) => {
        wake = () => heard.length >= count && resolve();
        wake();
      });
    const live = createLive({
      follow: async (path, signal) => {
        assert.equal(path, '/api/events');
        asked.push(signal);
        return answers.shift();
      },
      pause: async () => {},
    });
    live.watch(() => {
      if (live.isAway() !== (aways.at(-1) ?? false)) aways.push(live.isAway());
    });
    live.hear((news) => {
      heard.push(news);
      wake();
    });
    live.start();
    live.start();
    await streams[0]?.say(': alive\n\nevent: changed\ndata: {"topics":["requests"]}\n\n');
    await heardTimes(2);
    await streams[0]?.end();
    await streams[1]?.say('event: changed\ndata: not json\n\n');
    await heardTimes(4);
    live.stop();
    assert.deepEqual(heard, ['all', ['requests'], 'all', 'all']);
    assert.deepEqual(aways, [true, false]);
    assert.equal(asked.length, 3, 'one ear only');
    assert.ok(asked.at(-1)?.aborted);
  });

  it('is opening until it is known whether the server is heard; whoever reads then is not told to read all again', async () => {
    for (const response of [aStream().response, undefined]) {
      const told: string[] = [];
      let answer = (_: Response | undefined) => {};
      const live = createLive({
        follow: () =>
          new Promise<Response | undefined>((resolve) => {
            answer = resolve;
          }),
        pause: () => new Promise(() => {}),
      });
      live.hear((news) => void told.push(String(news)));
      live.watch(() => void told.push(live.isOpening() ? 'opening' : 'open'));
      assert.equal(live.isOpening(), false);
      live.start();
      assert.equal(live.isOpening(), true);
      answer(response);
      await new Promise(setImmediate);
      assert.deepEqual(told, response ? ['opening', 'all', 'open'] : ['opening', 'open']);
      live.stop();
    }
  });

  it('is not away where nobody looks', async () => {
    const live = createLive({ follow: async () => undefined, pause: () => new Promise(() => {}) });
    live.start();
    await new Promise(setImmediate);
    assert.equal(live.isAway(), true);
    live.stop();
    assert.equal(live.isAway(), false);
  });
});

describe('what is read anew after news', () => {
  it('is what changed, and the overview; with devices also those at the door', () => {
    assert.deepEqual(changedTopics(['requests', 'history']), ['requests', 'home']);
    assert.deepEqual(changedTopics(['devices']), ['devices', 'newcomers', 'home']);
    assert.equal(changedTopics('all'), undefined);
  });
});

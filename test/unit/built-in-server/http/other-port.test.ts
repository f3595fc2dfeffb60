import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOn, type OtherPort } from '../../../../lib/built-in-server/http/other-port.ts';

type Handle = Parameters<OtherPort['mount']>[0];

/** A port on which this test plays whoever comes. */
function fakePort() {
  const mounted: Handle[] = [];
  const come = (complete: boolean) => {
    const socket = Object.assign(new EventEmitter(), { destroyed: false, destroy: () => (socket.destroyed = true) });
    const message = Object.assign(new EventEmitter(), { complete, socket, destroy: () => message.emit('destroyed') });
    const response = Object.assign(new EventEmitter(), {
      status: 0,
      destroyed: false,
      writableEnded: false,
      writeHead(status: number) {
        response.status = status;
        return response;
      },
      end: () => response,
      destroy() {
        response.destroyed = true;
      },
    });
    mounted[0]?.(message as unknown as IncomingMessage, response as unknown as ServerResponse);
    return { message, response, socket };
  };
  const port: OtherPort = {
    mount(handle) {
      mounted.push(handle);
      return () => void mounted.pop();
    },
  };
  return { port, come, mounted };
}

const bounds = { mostAtOnce: 2, requestTimeoutMs: 60_000, lingerMs: 60_000 };

describe('a server on somebody else’s port, whose bounds are not ours', () => {
  it('answers only so many at once, and the next one when one of them is done', async () => {
    const { port, come } = fakePort();
    const handled: unknown[] = [];
    answerOn(port, (message) => handled.push(message), bounds);
    const first = come(true);
    come(true);
    assert.equal(come(true).response.status, 503);
    first.response.emit('close');
    assert.equal(come(true).response.status, 0);
    assert.equal(handled.length, 3);
  });

  it('for a newcomer ends whoever does not read what is written to them', () => {
    const { port, come } = fakePort();
    answerOn(port, () => {}, bounds);
    const [asking, unread] = [come(true), come(true)];
    unread.response.writableEnded = true;
    assert.equal(come(true).response.status, 0);
    assert.deepEqual([asking.socket.destroyed, unread.socket.destroyed], [false, true]);
  });

  it('has room again when a connection goes with requests whose turn never came', () => {
    const { port, come } = fakePort();
    answerOn(port, () => {}, bounds);
    for (let round = 0; round < 3; round += 1) {
      const held = [come(true), come(true)];
      assert.equal(come(true).response.status, 503);
      for (const { socket } of held) socket.emit('close');
    }
    assert.equal(come(true).response.status, 0);
  });

  it('waits for no request that does not come to its end, and leaves one alone that has', async () => {
    const { port, come } = fakePort();
    answerOn(port, () => {}, { ...bounds, requestTimeoutMs: 1 });
    const whole = come(true);
    whole.message.once('destroyed', () => assert.fail('it was all there'));
    await once(come(false).message, 'destroyed');
  });

  it('closed, it takes nothing more, lets what is under way end, and ends what does not', async () => {
    const { port, come, mounted } = fakePort();
    const door = answerOn(port, () => {}, bounds);
    const last = come(true);
    const closed = door.close();
    assert.equal(mounted.length, 0);
    last.response.emit('close');
    await closed;
    assert.equal(last.response.destroyed, false);

    const hasty = answerOn(port, () => {}, { ...bounds, lingerMs: 1 });
    const stream = come(true);
    await hasty.close();
    assert.equal(stream.response.destroyed, true);
  });
});

import assert from 'node:assert/strict';
import { boundedBody } from '../../../lib/transport/bounded-body.ts';

interface Told {
  ended: number;
  cancelled: number;
  pulled: number;
}

function body(chunks: (number | Error)[], maxBytes: number) {
  const told: Told = { ended: 0, cancelled: 0, pulled: 0 };
  const left = [...chunks];
  const source = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = left.shift();
        told.pulled += 1;
        if (next instanceof Error) controller.error(next);
        else if (next === undefined) controller.close();
        else controller.enqueue(new Uint8Array(next));
      },
      cancel: () => {
        told.cancelled += 1;
      },
    },
    { highWaterMark: 0 },
  );
  const bounded = boundedBody(source, {
    maxBytes,
    tooLarge: () => new RangeError('too large'),
    translate: (error) => (error instanceof RangeError ? error : new Error('translated', { cause: error })),
    ended: () => {
      told.ended += 1;
    },
  });
  return { bounded, told };
}

async function length(stream: ReadableStream<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.byteLength;
  return bytes;
}

describe('a bounded body', () => {
  it('gives all of a body that fits, and tells its end', async () => {
    const { bounded, told } = body([10, 20, 30], 60);
    assert.equal(told.pulled, 0, 'nothing is read before somebody asks');
    assert.equal(await length(bounded), 60);
    assert.ok(told.ended > 0);
  });

  it('ends with an error one byte beyond its limit, and closes the source', async () => {
    const { bounded, told } = body([10, 20, 31, 40], 60);
    await assert.rejects(length(bounded), RangeError);
    assert.equal(told.cancelled, 1);
    assert.equal(told.pulled, 3);
    assert.ok(told.ended > 0);
  });

  it('translates what breaks it', async () => {
    const { bounded, told } = body([10, new Error('socket')], 60);
    await assert.rejects(length(bounded), { message: 'translated' });
    assert.ok(told.ended > 0);
  });

  it('given up by its reader, closes the source', async () => {
    const { bounded, told } = body([10, 20], 60);
    const reader = bounded.getReader();
    await reader.read();
    await reader.cancel();
    assert.equal(told.cancelled, 1);
    assert.ok(told.ended > 0);
  });
});

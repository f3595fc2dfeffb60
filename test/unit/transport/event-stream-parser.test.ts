import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEventStreamParser } from '../../../lib/transport/event-stream-parser.ts';
import { fuzz } from '../../support/fuzz.ts';

const limits = { maxLineLength: 100, maxEventLength: 200 };
const parser = () => createEventStreamParser(limits, () => new RangeError('too long'));
const event = (data: string, id = '', name = 'message') => ({ kind: 'event', id, event: name, data });

describe('text/event-stream (WHATWG HTML 9.2.6)', () => {
  it('reads data, event and id, and joins several lines of data', () => {
    const items = parser().push('event: share-ended\nid: 7\ndata: {"a":\ndata:  1}\n\ndata\n\ndata:x\n\n');
    assert.deepEqual(items, [event('{"a":\n 1}', '7', 'share-ended'), event('', '7'), event('x', '7')]);
  });

  it('gives comments, which keep a stream alive', () => {
    assert.deepEqual(parser().push(':\n: still here\n'), [
      { kind: 'comment', text: '' },
      { kind: 'comment', text: 'still here' },
    ]);
  });

  it('gives no event without data, and forgets its name', () => {
    assert.deepEqual(parser().push('event: empty\n\nid: 3\n\ndata: x\n\n'), [event('x', '3')]);
  });

  it('ignores other fields, and an id with a NUL', () => {
    assert.deepEqual(parser().push('retry: 5\nfoo\nfoo: bar\nid: a\0b\ndata:x:y\n\n'), [event('x:y')]);
  });

  it('drops what was not finished', () => {
    assert.deepEqual(parser().push('data: x\n'), []);
  });

  it('reads the same however it is cut, with every kind of line end and a byte order mark', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const text = `\uFEFFid: 1\ndata: ü😀\ndata\n\n: c\n\nevent: e\ndata: \uFEFFy\n\n`.replaceAll('\n', end);
      const whole = [event('ü😀\n', '1'), { kind: 'comment', text: 'c' }, event('\uFEFFy', '1', 'e')];
      for (let first = 0; first <= text.length; first += 1) {
        for (let second = first; second <= text.length; second += 3) {
          const reader = parser();
          const parts = [text.slice(0, first), text.slice(first, second), text.slice(second)];
          assert.deepEqual(parts.flatMap(reader.push), whole, JSON.stringify(parts));
        }
      }
    }
  });

  it('bounds a line that never ends, and an event that never ends', () => {
    const line = parser();
    assert.throws(() => {
      for (let i = 0; i < 1000; i += 1) line.push('x');
    }, RangeError);
    const data = parser();
    assert.throws(() => {
      for (let i = 0; i < 1000; i += 1) data.push('data:\n');
    }, RangeError);
    assert.throws(() => parser().push(`data: ${'x'.repeat(100)}\n\n`), RangeError);
  });

  it('at random: what was written comes back, however it is cut', () => {
    const line = fc.string({ maxLength: 15 }).map((text) => text.replaceAll(/[\r\n\0]/g, ''));
    const written = fc.record({
      id: line,
      name: line.filter((text) => text !== ''),
      data: fc.array(line, { minLength: 1, maxLength: 3 }),
      end: fc.constantFrom('\n', '\r', '\r\n'),
    });
    fc.assert(
      fc.property(fc.array(written, { maxLength: 4 }), fc.array(fc.nat(30)), (events, sizes) => {
        const texts = events.map(({ id, name, data, end }) =>
          [`id: ${id}`, `event: ${name}`, ...data.map((one) => `data: ${one}`), '', ''].join(end),
        );
        const whole = events.map(({ id, name, data }) => event(data.join('\n'), id, name));
        assert.deepEqual(pieces(texts.join(''), sizes).flatMap(parser().push), whole);
      }),
      fuzz(500),
    );
  });

  it('at random: throws nothing but its limits', () => {
    const text = fc.array(fc.constantFrom('data', 'id', ':', ' ', '\n', '\r', '\0', '\uFEFF', 'x'.repeat(60), 'retry'));
    fc.assert(
      fc.property(text, fc.array(fc.nat(10)), (words, sizes) => {
        try {
          pieces(words.join(''), sizes).flatMap(parser().push);
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }),
      fuzz(1_000),
    );
  });
});

/** Cuts a text into pieces of these sizes, and the rest. */
function pieces(text: string, sizes: number[]): string[] {
  let from = 0;
  const cut = sizes.map((size) => {
    from += size;
    return text.slice(from - size, from);
  });
  return [...cut, text.slice(from)];
}

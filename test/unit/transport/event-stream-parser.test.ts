import assert from 'node:assert/strict';
import { createEventStreamParser } from '../../../lib/transport/event-stream-parser.ts';

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
});

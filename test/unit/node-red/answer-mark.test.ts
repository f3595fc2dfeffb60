import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { marked } from '../../../lib/node-red/answer-mark.ts';

const require = createRequire(import.meta.url);
/** What core's http request itself uses. */
const hashSum = createRequire(require.resolve('@node-red/nodes/package.json'))('hash-sum') as (value: object) => string;

describe('the mark of an answer’s headers', () => {
  for (const headers of [
    {},
    { 'content-type': 'application/json', 'content-length': '12' },
    { z: 'last', a: 'first', empty: '', accents: 'é — 漢' },
  ]) {
    it(`is the one that core’s http request makes of ${JSON.stringify(headers)}`, () => {
      assert.deepEqual(marked(headers), { ...headers, 'x-node-red-request-node': hashSum(headers) });
    });
  }
});

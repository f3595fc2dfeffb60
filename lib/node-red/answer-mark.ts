/**
 * The mark by which core's `http request` knows that `msg.headers` are those of an earlier answer and must not be sent
 * again: an old `content-length` would cut the next body short.
 */
export const ANSWER_MARK = 'x-node-red-request-node';

/** The 32-bit hash that core takes of headers, as far as they are texts. */
function add(hash: number, text: string): number {
  let sum = hash;
  for (let index = 0; index < text.length; index += 1) sum = ((sum << 5) - sum + text.charCodeAt(index)) | 0;
  // An empty text leaves the hash as it is; a negative one is folded over.
  return text !== '' && sum < 0 ? sum * -2 : sum;
}

const OBJECT = ['[object Object]', 'object'];
const TEXT = ['[object String]', 'string'];

/** Headers as core's node leaves them on a message. */
export function marked(headers: Record<string, string>): Record<string, string> {
  const parts = Object.keys(headers)
    .sort()
    .flatMap((name) => [name, ...TEXT, headers[name] ?? '']);
  const hash = [...OBJECT, ...parts, '[object Object]'].reduce(add, 0);
  return { ...headers, [ANSWER_MARK]: hash.toString(16).padStart(8, '0') };
}

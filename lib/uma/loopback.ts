/**
 * A name that no other machine can answer to.
 * @param hostname - of a parsed URL: the parser has already turned `127.1` and the like into this form
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

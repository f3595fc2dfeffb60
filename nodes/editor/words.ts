/** Words that several forms share: they are in the server node's catalogue, which is always loaded with the others. */
const CATALOGUE = '@uma-home/node-red-uma/uma-authorization-server:form.';

export function word(key: string, values: Record<string, string | number> = {}): string {
  return RED._(CATALOGUE + key, values);
}

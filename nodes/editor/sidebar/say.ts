/** Words of the sidebar: the plugin's own catalogue. */
const CATALOGUE = '@uma-home/node-red-uma/uma-sidebar:sidebar.';

export function say(key: string, values: Record<string, string | number> = {}): string {
  return RED._(CATALOGUE + key, values);
}

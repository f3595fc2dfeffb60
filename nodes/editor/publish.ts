import { addStyles } from './styles.ts';

/**
 * Hands a node's editor code to its form: the HTML beside it holds the literal `registerType`, because Node-RED's
 * tools read it there, and names what it needs as `umaHome[type]`.
 */
export function publish(type: string, parts: object): void {
  const holder = window as unknown as { umaHome?: Record<string, object> };
  holder.umaHome ??= {};
  holder.umaHome[type] = parts;
  addStyles();
}

/** Says that a canvas button works on what is deployed, in the editor's own words and as its own buttons do. */
export function warnUndeployed(): void {
  const message = RED._('notification.warnings.undeployedChanges');
  RED.notify(RED._('notification.warning', { message }), { type: 'warning', timeout: 5_000 });
}

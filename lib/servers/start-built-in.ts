import type { BuiltInServerOptions, RunningServer } from '../built-in-server/start.ts';

/**
 * Starts the built-in server in this process. It is loaded now and not before: its libraries are large, and a gateway
 * whose server is elsewhere never needs them. Whoever runs it speaks with it over HTTP like everybody else.
 *
 * @throws ServerStartError `port_in_use`, …; StoreError
 */
export async function startBuiltIn(
  options: BuiltInServerOptions,
): Promise<
  Pick<
    RunningServer,
    'issuer' | 'pages' | 'port' | 'signingKey' | 'certificate' | 'notEncrypted' | 'setUpLink' | 'close'
  >
> {
  const { startBuiltInServer } = await import('../built-in-server/start.ts');
  return startBuiltInServer(options);
}

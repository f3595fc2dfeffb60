import assert from 'node:assert/strict';
import {
  type ConfigurationParts,
  createConfiguration,
} from '../../../../lib/built-in-server/provider/configuration.ts';

/** Not the library's types, which are somebody else's and may lag behind: what it reads at run time. */
const library = 'oidc-provider/lib/helpers/defaults.js';

describe('the provider’s settings', () => {
  it('are all known to it: one that is misspelt would be passed over without a word', async () => {
    const { defaults } = (await import(library)) as { defaults: Record<string, Record<string, object>> };
    const own = createConfiguration({ keys: {}, looks: {}, owners: {} } as ConfigurationParts);
    const unknown = (settings: object, known: object = {}) => Object.keys(settings).filter((name) => !(name in known));
    assert.deepEqual(unknown(own, { ...defaults, jwks: {} }), []);
    for (const name of ['features', 'ttl', 'enabledJWA'] as const)
      assert.deepEqual(unknown(own[name] ?? {}, defaults[name]), [], name);
    for (const [feature, settings] of Object.entries(own.features ?? {}))
      assert.deepEqual(unknown(settings ?? {}, defaults.features?.[feature]), [], feature);
  });

  it('switch off every feature that is not used, those of later versions too', async () => {
    const { defaults } = (await import(library)) as { defaults: { features: Record<string, { enabled?: boolean }> } };
    const { features = {} } = createConfiguration({ keys: {}, looks: {}, owners: {} } as ConfigurationParts);
    const named = new Set(Object.keys(features));
    const open = Object.entries(defaults.features).filter(
      ([name, { enabled }]) => enabled === true && !named.has(name),
    );
    assert.deepEqual(open, [], 'on by default, and nobody here has decided about it');
  });
});

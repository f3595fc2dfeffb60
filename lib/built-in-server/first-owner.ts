import { ServerStartError } from './errors.ts';
import type { Model } from './model/model.ts';
import { ModelError } from './model/model-error.ts';

/**
 * Makes the owner that the environment names, while there is none: settings may set, never change.
 * @throws ServerStartError `owner_invalid`
 */
export async function makeFirstOwner(
  model: Model,
  { name, password }: { name: string; password: string },
  log: (line: string) => void,
): Promise<void> {
  if (model.owners.any()) {
    if (model.owners.byName(name) === undefined)
      log('This server has an owner already: the one in the settings is not made.');
    return;
  }
  try {
    const hash = await model.owners.hash(password);
    await model.transaction(() => {
      const owner = model.owners.add(name, hash);
      model.history.add({ what: 'owner_made', by: { kind: 'server' }, owner: owner.name });
    });
  } catch (fault) {
    if (fault instanceof ModelError)
      throw new ServerStartError('owner_invalid', `The owner cannot be made: ${fault.message}.`);
    throw fault;
  }
}

import type { Model } from './model.ts';

/**
 * The owner that the environment names (`UMA_OWNER`, `UMA_OWNER_PASSWORD`): made where there is none of that name.
 * An owner there is keeps their password, so that whoever sets the environment later takes nothing over.
 * @throws ModelError `weak_password`, `invalid_request`
 */
export async function ensureOwner(model: Model, owner: { name: string; password: string }): Promise<void> {
  if (model.owners.byName(owner.name) !== undefined) return;
  const password = await model.owners.hash(owner.password);
  await model.transaction(() => {
    if (model.owners.byName(owner.name) !== undefined) return;
    const { name } = model.owners.add(owner.name, password);
    model.history.add({ what: 'owner_made', by: { kind: 'server' }, owner: name });
    model.setUp.done();
  });
}

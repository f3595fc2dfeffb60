import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { ModelError, type ModelErrorCode } from '../model/model-error.ts';

const conflicts: readonly ModelErrorCode[] = [
  'device_retired',
  'device_suspended',
  'device_not_active',
  'device_of_another',
  'key_taken',
  'too_many',
  'panic_active',
];

/** Puts what the model refuses into the words of the protocol, for endpoints where a program and not a person reads it. */
export function refusesAsProtocol(routes: readonly Route[]): Route[] {
  return routes.map((route) => ({
    ...route,
    handle: async (request: Request) => {
      try {
        return await route.handle(request);
      } catch (fault) {
        if (!(fault instanceof ModelError)) throw fault;
        throw new Refusal(conflicts.includes(fault.code) ? 409 : 400, fault.code, fault.message);
      }
    },
  }));
}

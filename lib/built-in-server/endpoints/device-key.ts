import { addressKey, createAttemptLimiter } from '../api/attempt-limiter.ts';
import { json, malformed } from '../http/answer.ts';
import { asObject } from '../http/body.ts';
import type { Request } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import type { Model } from '../model/model.ts';
import type { OverlapEnds } from '../overlap-ends.ts';
import { type KeyRotationParts, rotateKey } from '../provider/key-rotation.ts';
import { acknowledgementWaitMs } from '../provider/token-looks.ts';

export interface DeviceKeyParts extends KeyRotationParts {
  model: Model;
  overlapEnds: Pick<OverlapEnds, 'plan'>;
  nowMs(): number;
  rateLimits: boolean;
}

/**
 * `POST /devices/{id}/key {continuity}`: a device takes a new key. `DPoP` is a proof by the key it has, with the hash of
 * `continuity` as its `ath` (as if that were the token); `continuity` is signed by the new key (`makeKeyContinuity`).
 * Answers once connected gateways refuse the old key's tokens, or after a second.
 */
export function deviceKeyRoutes(parts: DeviceKeyParts): Route[] {
  const { model, nowMs, rateLimits } = parts;
  const limiter = createAttemptLimiter({ burst: 60, everyMs: 1000, nowMs, enabled: rateLimits });
  return [
    {
      method: 'POST',
      path: '/devices/{id}/key',
      overhearable: true,
      async handle(request: Request) {
        const { id = '' } = request.params;
        // For each device by itself: whoever knocks at one from here keeps no other from changing its key.
        limiter.count(`${addressKey(request.remoteAddress)} ${id.slice(0, 100)}`);
        const { continuity } = asObject(await request.json());
        if (typeof continuity !== 'string') throw malformed('continuity must be a text');
        const events = await model.transaction(() => rotateKey(parts, request, id, continuity));
        parts.overlapEnds.plan();
        await model.events.acknowledged(events, acknowledgementWaitMs);
        return json(200, { client_id: id, jkt: model.devices.get(id)?.thumbprints.at(-1) });
      },
    },
  ];
}

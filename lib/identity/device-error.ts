export type DeviceErrorCode =
  | 'unknown_device'
  | 'device_unprovisioned'
  | 'device_quarantined'
  | 'device_retired'
  | 'device_elsewhere'
  | 'registry_closed';

const SENTENCES: Record<DeviceErrorCode, string> = {
  unknown_device: 'This gateway knows no such device',
  device_unprovisioned: 'The server has not registered the device yet',
  device_quarantined: 'The device is suspended',
  device_retired: 'The device is retired',
  device_elsewhere: 'The key of the device is not in this gateway',
  registry_closed: 'The gateway is closing',
};

/** Something was asked of a device that cannot be done. `code` is stable; `hint` says what to do. */
export class DeviceError extends Error {
  readonly code: DeviceErrorCode;
  readonly hint: { key: string; values: { device: string } };

  /** @param name - what a person calls the device, where that is known */
  constructor(code: DeviceErrorCode, device: string, name = device) {
    super(`${SENTENCES[code]}: ${device}`);
    this.name = 'DeviceError';
    this.code = code;
    this.hint = { key: `hint.${code}`, values: { device: name } };
  }
}

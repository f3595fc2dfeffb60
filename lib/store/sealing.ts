import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM. `name` is authenticated along with the text: a sealed value opens only under the name it was sealed for. */
export interface Sealer {
  seal(clear: Buffer, name: Buffer): Buffer;
  /** Throws if key, name or bytes are not those that were sealed. */
  open(sealed: Buffer, name: Buffer): Buffer;
}

/** A sealer with this 256-bit key. */
export function sealWith(key: Buffer): Sealer {
  return {
    seal(clear, name) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(name);
      const body = Buffer.concat([cipher.update(clear), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(sealed, name) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('too short to be sealed');
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), options).setAAD(name);
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    },
  };
}

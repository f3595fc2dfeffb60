/** The parts of a token, read without believing them, and written without a right to. */

export const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function decoded(token: string) {
  const [header, claims, signature = ''] = token.split('.');
  const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(claims), signature };
}

/**
 * A fingerprint in the groups in which it is compared by eye: everywhere the same, since the one is read here and the other
 * there. A certificate's keeps its colons.
 */
export function fingerprintGroups(fingerprint: string): string[] {
  return fingerprint.match(fingerprint.includes(':') ? /(?:\w+:?){1,4}/g : /.{1,6}/g) ?? [];
}

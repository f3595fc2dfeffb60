/** What a gateway may be given beside `uma_protection`. */
export const shareScopes: readonly string[] = ['shares:read', 'shares:reduce', 'shares:grant'];

export const gatewayScopes: readonly string[] = ['uma_protection', ...shareScopes];

/** All that a device asks an owner for: who that is. It opens nothing. */
export const claimScope = 'device:claim';

/** Every scope that means something to this server. A resource's own scopes are not among them. */
export const serverScopes: readonly string[] = [...gatewayScopes, claimScope];

/** For client assertions and proofs alike; a token never chooses. `Ed25519` is RFC 9864's name of `EdDSA` with such a key. */
export const signatureAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;

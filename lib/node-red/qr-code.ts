/** A link as a picture for a phone's camera, where a phone could open it. */

/**
 * Why a phone cannot open a link: it leads it to itself, or to a page that is not shown over the network because nothing
 * is encrypted there.
 */
export function outOfReach(link: string): 'this-computer' | 'not-encrypted' | undefined {
  const { protocol, hostname } = new URL(link);
  if (isLoopback(hostname)) return 'this-computer';
  return protocol === 'http:' ? 'not-encrypted' : undefined;
}

/** @returns an SVG data URL; undefined for a link that a phone cannot open */
export async function qrCode(link: string): Promise<string | undefined> {
  if (outOfReach(link)) return undefined;
  // Loaded here and not above: most flows never claim.
  const { renderSVG } = await import('uqr');
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(link, { border: 4 })).toString('base64')}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.endsWith('.localhost') || /^127\./.test(hostname);
}

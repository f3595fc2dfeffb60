/**
 * A link as a picture for a phone's camera.
 *
 * @returns an SVG data URL; undefined for a link that leads a phone to itself, or to a page that is not shown over the
 * network because nothing is encrypted there
 */
export async function qrCode(link: string): Promise<string | undefined> {
  const { protocol, hostname } = new URL(link);
  if (protocol === 'http:' || isLoopback(hostname)) return undefined;
  // Loaded here and not above: most flows never claim.
  const { renderSVG } = await import('uqr');
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(link, { border: 4 })).toString('base64')}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.endsWith('.localhost') || /^127\./.test(hostname);
}

import { Refusal } from '../http/answer.ts';
import type { Request } from '../http/request.ts';

/**
 * Refuses what another site's page sent: `Origin`, where there is one, must be exactly that of the owner's pages, and
 * `Sec-Fetch-Site`, where there is one, `same-origin`.
 */
export function refuseForeign(request: Request, origin: string): void {
  const { origin: sentOrigin, 'sec-fetch-site': site } = request.headers;
  if (sentOrigin !== undefined && sentOrigin !== origin) throw foreign();
  if (site !== undefined && site !== 'same-origin') throw foreign();
}

/**
 * The same for a form without script. Under `Referrer-Policy: no-referrer` a browser sends `Origin: null` with its own
 * page's form; that is accepted only where the browser also vouches for where the form came from.
 */
export function refuseForeignForm(request: Request, origin: string): void {
  const { origin: sentOrigin, 'sec-fetch-site': site } = request.headers;
  if (sentOrigin === 'null' && site === 'same-origin') return;
  refuseForeign(request, origin);
}

function foreign(): Refusal {
  return new Refusal(403, 'foreign_origin', 'this request came from another site');
}

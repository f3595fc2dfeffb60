/** Questions of a form to our own routes of Node-RED. */

export interface Item {
  id: string;
  name: string;
  note?: string;
}
export interface Listed {
  items: Item[];
  hint?: string;
}

/**
 * jQuery's ajax carries the editor's login; our header tells our routes that no foreign page is asking. The answer is to
 * be in the editor's language, which may be another than the browser's, and by the clock of whoever reads it.
 */
function send(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    $.ajax({
      url: `uma-home/${path}`,
      method,
      headers: { 'x-uma-home': '1', 'accept-language': RED.i18n.lang(), 'x-uma-time-zone': timeZone() },
      dataType: 'json',
      ...(body && { contentType: 'application/json', data: JSON.stringify(body) }),
    })
      .done(resolve)
      .fail(({ status }) => reject(new Error(String(status))));
  });
}

function timeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function ask<T extends object>(path: string): Promise<T | undefined> {
  return send('GET', path).then(
    (body) => body as T,
    // Not deployed yet, or no permission to look: there is nothing to show.
    () => undefined,
  );
}

export async function tell<T extends object>(path: string, body: object): Promise<T> {
  return (await send('POST', path, body)) as T;
}

/** What a deployed server knows; empty where it is not deployed. */
export async function list(serverId: string, what: 'devices' | 'resources' | 'shares'): Promise<Listed | undefined> {
  return serverId === '' ? undefined : ask<Listed>(`servers/${encodeURIComponent(serverId)}/${what}`);
}

/** Who is answered where: on the server's own port, and, where its address is on somebody else's, on that one too. */
import { sayIn } from '../sharing/say.ts';
import { type Answer, json } from './http/answer.ts';
import { createDispatch, type DispatchParts, type Handle } from './http/dispatch.ts';
import { inLanguage } from './http/in-language.ts';
import { answerOn, type OtherPort } from './http/other-port.ts';
import type { Route } from './http/router.ts';
import type { Routes } from './routes.ts';

export interface DoorParts extends Pick<Routes, 'protocol' | 'owners'> {
  issuer: string;
  /** Where the owner's pages and the owner API are. */
  pages: string;
  /** Where the issuer is, if not on the server's own port. */
  otherPort?: OtherPort;
  /** How programs come to the issuer. */
  front: Pick<DispatchParts, 'proxies' | 'onlyThroughProxies' | 'onlyEncrypted' | 'notEncrypted'>;
  log(line: string): void;
}

export interface Doors {
  /** Answers on the server's own port. */
  serve: Handle;
  close(): Promise<void>;
}

/** Answers everywhere once it returns. */
export function openDoors(parts: DoorParts): Doors {
  const { issuer, protocol, owners, otherPort, front, log } = parts;
  if (otherPort === undefined) {
    const serve = createDispatch({ ...front, address: issuer, routes: [...protocol, ...owners], log });
    return { serve, close: async () => {} };
  }
  const routes = [...protocol, ...notHere(owners, parts.pages)];
  const outside = createDispatch({ ...front, address: issuer, routes, log, throughOther: true });
  const door = answerOn(otherPort, outside);
  return { serve: serveApart({ ...parts, routes }), close: door.close };
}

/**
 * The port that is the server's own has pages and owner API under its own name; under the issuer's name, for programs on
 * this computer alone, what the issuer answers. No browser sends that name there: a name is looked up with its port.
 */
function serveApart({ issuer, pages, routes, owners, log }: DoorParts & { routes: readonly Route[] }): Handle {
  const toOwners = createDispatch({ address: pages, routes: owners, log });
  return createDispatch({ address: issuer, routes, log, onlyFromHere: true, otherwise: toOwners });
}

/**
 * RFC 9110 15.5.20. Beside the pages that flows may show anybody, a page of ours would be at their mercy, and a session as
 * well: whoever looks for them there is told where they are.
 */
function notHere(owners: readonly Route[], pages: string): Route[] {
  const answer = ({ language }: Parameters<Route['handle']>[0]): Answer => {
    const hint = sayIn(language)({ key: 'hint.pages_elsewhere', values: { pages } });
    const description = "the owner's pages and the owner API have another address";
    return inLanguage(json(421, { error: 'pages_elsewhere', error_description: description, hint }), language);
  };
  return owners.map(({ method, path }) => ({ method, path, overhearable: true, handle: answer }));
}

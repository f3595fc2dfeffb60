/** The owner's page at `/`: a shell without content, and the program that fills it (portal/), which knows the owner API only. */
import { readFileSync } from 'node:fs';
import { type Answer, html } from '../http/answer.ts';
import { inLanguage } from '../http/in-language.ts';
import type { Route } from '../http/router.ts';
import { markup } from './markup.ts';
import type { Voice } from './voice.ts';

/**
 * Nothing but what this server itself sends: no script in the page, none made from text, no picture or style from
 * elsewhere, no form that the browser sends by itself, no frame around it.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const files = {
  '/portal.js': 'text/javascript; charset=utf-8',
  '/portal.css': 'text/css; charset=utf-8',
  '/portal.svg': 'image/svg+xml',
} as const;

/** Program, style and icon, as they were built. */
export function portalRoutes(): Route[] {
  return Object.entries(files).map(([path, type]) => {
    // As bytes: a text would be made into bytes anew for each who asks, and kept for as long as they read.
    const content = readFileSync(new URL(import.meta.resolve(`#portal${path}`)));
    const headers = { 'content-type': type, 'cache-control': 'no-cache' };
    return { method: 'GET', path, handle: () => ({ kind: 'content', status: 200, headers, content }) };
  });
}

/** Its program writes in the same language, which the browser tells both. */
export function portalPage({ language, word }: Voice): Answer {
  const whole = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${word('title')}</title>
<link rel="icon" href="/portal.svg" type="image/svg+xml">
<link rel="stylesheet" href="/portal.css">
<script type="module" src="/portal.js"></script>
</head>
<body>
<div id="portal"></div>
<noscript>
<main>
<h1>${word('title')}</h1>
<p>${word('what_it_is')}</p><p>${word('has_owner')}</p>
<p>${word('without_script')}</p>
<ul><li>${word('next_node_red')}</li>
<li><a href="/device">${word('link_device')}</a></li><li><a href="/panic">${word('link_panic')}</a></li>
<li>${word('next_api')}</li></ul>
</main>
</noscript>
</body>
</html>
`;
  return inLanguage(html(200, whole.safe, { 'content-security-policy': policy }), language);
}

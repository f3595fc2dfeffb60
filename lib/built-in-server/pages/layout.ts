import { say } from '../../sharing/say.ts';
import { type Answer, html } from '../http/answer.ts';
import { type Markup, markup } from './markup.ts';

/** One word or sentence of a page, by the key's end: `page.<key>`. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  return say({ key: `page.${key}`, values });
}

/** A whole page: plain, without script, its style from this server (the listener's Content-Security-Policy allows no more). */
export function page(status: number, title: string, content: Markup): Answer {
  const whole = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return html(status, whole.safe);
}

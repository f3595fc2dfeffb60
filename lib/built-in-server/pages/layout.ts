import { type Answer, html } from '../http/answer.ts';
import { inLanguage } from '../http/in-language.ts';
import { type Markup, markup } from './markup.ts';
import type { Voice } from './voice.ts';

/** A whole page: plain, without script, its style from this server (the listener's Content-Security-Policy allows no more). */
export function page({ language }: Voice, status: number, title: string, content: Markup): Answer {
  const whole = markup`<!doctype html>
<html lang="${language}">
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
  return inLanguage(html(status, whole.safe), language);
}

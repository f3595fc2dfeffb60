/** The dialog of *claim*: the code, the link and its picture, and how the question stands until it is answered. */
import { ask, tell } from './ask.ts';
import { openDialog } from './dialog.ts';
import { fingerprintParts } from './fingerprint.ts';
import { make, makeButton, makeIcon, type Part, redraw } from './make.ts';
import type { EditorNode } from './red.ts';

const ASKED_EVERY_MS = 1_500;

interface Waiting {
  phase: 'waiting' | 'slow-down' | 'away';
  device: string;
  userCode: string;
  page: string;
  /** With the code in it, where the server gives such a link. */
  link: string;
  untilMs: number;
  qr?: string;
  /** Why there is no `qr`. */
  unreachable?: 'this-computer' | 'not-encrypted';
  fingerprint?: string;
}

type Claim =
  | Waiting
  | { phase: 'idle' | 'asking' | 'no-login' | 'lost' | 'not-pressed' }
  | { phase: 'claimed' | 'denied' | 'expired' | 'failed'; sentence: string };

const ICONS: Partial<Record<Claim['phase'], string>> = {
  claimed: 'fa-check',
  denied: 'fa-times',
  expired: 'fa-clock-o',
  failed: 'fa-exclamation-triangle',
  lost: 'fa-exclamation-triangle',
  'no-login': 'fa-lock',
  'not-pressed': 'fa-exclamation-triangle',
};

const isWaiting = (claim: Claim): claim is Waiting => 'userCode' in claim;
const isOpen = (claim: Claim): boolean => isWaiting(claim) || claim.phase === 'asking' || claim.phase === 'lost';

function phrase(node: EditorNode, key: string, values: Record<string, string> = {}): string {
  return node._(`device-identity.asks.${key}`, values);
}

/** A code letter by letter: else it is read out as a word that nobody can type. */
function codeParts(code: string): Part[] {
  const shown = make('strong', {}, code);
  shown.setAttribute('aria-hidden', 'true');
  return [shown, make('span', { className: 'uma-hidden-words' }, [...code].join(' '))];
}

function pageLink(href: string, text: string): HTMLElement {
  if (!/^https?:\/\//.test(href)) return make('span', {}, text);
  const link = make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);
  link.dataset.key = 'page';
  return link;
}

function picture(node: EditorNode, { qr }: Waiting): Part[] {
  if (!qr?.startsWith('data:image/svg+xml;base64,')) return [];
  return [make('img', { className: 'uma-qr', src: qr, alt: phrase(node, 'qr') })];
}

function details(node: EditorNode, claim: Claim): Part[] {
  if (!isWaiting(claim)) return [];
  const { userCode, page, link, fingerprint, unreachable, untilMs } = claim;
  const time = new Date(untilMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return [
    make('p', {}, phrase(node, 'how')),
    ...picture(node, claim),
    make(
      'dl',
      {},
      ...[make('dt', {}, phrase(node, 'code')), make('dd', {}, ...codeParts(userCode))],
      ...[make('dt', {}, phrase(node, 'page')), make('dd', {}, pageLink(link, page))],
      ...(fingerprint
        ? [make('dt', {}, phrase(node, 'fingerprint')), make('dd', {}, ...fingerprintParts(fingerprint))]
        : []),
    ),
    ...(unreachable ? [make('p', { className: 'uma-no-qr' }, phrase(node, unreachable))] : []),
    make('small', {}, phrase(node, 'until', { time })),
  ];
}

function stateParts(node: EditorNode, claim: Claim): Part[] {
  const icon = makeIcon(ICONS[claim.phase] ?? 'fa-hourglass-half');
  return [icon, ' ', 'sentence' in claim ? claim.sentence : phrase(node, claim.phase)];
}

function titleOf(node: EditorNode, claim: Claim | undefined): string {
  const device = claim && isWaiting(claim) ? claim.device : '';
  return device ? phrase(node, 'title_of', { device }) : phrase(node, 'title');
}

/** Presses the node, and shows how that stands until it is over or somebody closes it. To close it ends nothing. */
export function openClaim(node: EditorNode): void {
  const path = `claims/${encodeURIComponent(node.id)}`;
  const state = make('p', { className: 'uma-claim-state' });
  state.setAttribute('role', 'status');
  const shown = make('div', { className: 'uma-claim', tabIndex: -1 });
  const again = makeButton(buttonWords('again', phrase(node, 'again')), press);
  const close = makeButton(buttonWords('close', phrase(node, 'close')), async () => dialog.close());
  const buttons = make('div', { className: 'uma-dialog-buttons' }, again, close);
  const dialog = openDialog(titleOf(node, undefined), [state, shown, buttons], () => clearTimeout(timer));
  let timer: ReturnType<typeof setTimeout> | undefined;

  function draw(claim: Claim): void {
    const heading = dialog.querySelector('h2');
    if (heading && isWaiting(claim)) heading.textContent = titleOf(node, claim);
    dialog.dataset.phase = claim.phase;
    redraw(state, claim.phase, () => stateParts(node, claim));
    // While Node-RED does not answer, what was shown is still good.
    if (claim.phase !== 'lost')
      redraw(shown, isWaiting(claim) ? { ...claim, phase: '' } : '', () => details(node, claim));
    again.hidden = !['idle', 'denied', 'expired', 'failed', 'not-pressed'].includes(claim.phase);
    if (again.hidden && document.activeElement === again) close.focus();
    if (dialog.open && isOpen(claim)) timer = setTimeout(() => void follow(), ASKED_EVERY_MS);
  }

  async function follow(): Promise<void> {
    draw((await ask<Claim>(path)) ?? { phase: 'lost' });
  }

  async function press(): Promise<void> {
    clearTimeout(timer);
    draw(await tell<Claim>(path, {}).catch(() => ({ phase: 'not-pressed' }) as const));
  }

  again.hidden = true;
  redraw(state, 'asking', () => stateParts(node, { phase: 'asking' }));
  void press();
}

function buttonWords(key: string, text: string): { text: string; name: string; key: string } {
  return { text, name: text, key };
}

/** Where a reader is who uses keys or a screen reader. Headings and notices take the focus; nothing else is moved. */

/** To the top of what is shown now. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('h1')?.focus();
}

/**
 * What had the focus may be gone: then the reader is led to what is offered now, which stands before the heading, or to
 * the heading, instead of to the start of the whole page.
 */
export function holdFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    const offer = document.querySelector<HTMLElement>('.notices > .notice:last-child[tabindex]');
    if (offer) offer.focus();
    else focusHeading();
  });
}

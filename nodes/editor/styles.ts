/** The little that the editor's own styles lack. Colours are the editor's, so that they fit its theme, dark or light. */
const STYLES = `
.uma-form .form-row[hidden], .uma-form [hidden], .uma-dialog [hidden] { display: none; }
/* The editor cuts what is named in a help page off where the sidebar ends. */
.red-ui-help dl.uma-properties > dt { white-space: normal; overflow-wrap: anywhere; }
/* Where a label needs two lines, the first is beside the field. */
.uma-form .form-row > label:first-child { vertical-align: top; padding-top: 7px; line-height: 20px; }
.uma-problem { margin: 3px 0 0 104px; color: var(--red-ui-text-color-error);
  /* A dark theme's red alone is too dark to be read as text. */
  color: color-mix(in srgb, var(--red-ui-text-color-error) 60%, var(--red-ui-primary-text-color)); }
.uma-problem:empty { display: none; }
.uma-note, .uma-problem { max-width: 420px; }
.uma-fine { font-size: 85%; overflow-wrap: anywhere; }
.uma-fingerprint { font-family: monospace; }
.uma-fingerprint span { display: inline-block; margin-right: 0.5em; }
.uma-note { margin: 3px 0 0 104px; color: var(--red-ui-secondary-text-color); }
.uma-warning { max-width: 500px; margin: 0 0 12px; padding: 8px 10px; border-left: 3px solid var(--red-ui-text-color-warning);
  background: var(--red-ui-secondary-background); color: var(--red-ui-primary-text-color); }
.uma-label { display: inline-block; width: 100px; }
.uma-form .uma-indent { margin-left: 104px; }
.uma-days { display: inline-block; width: 70%; vertical-align: top; }
.uma-form .form-row .uma-day { display: inline-block; width: auto; margin-right: 10px; }
.uma-form .uma-day input { width: auto; margin: 0 2px 0 0; vertical-align: baseline; }
.uma-form .form-row > label.uma-between { width: auto; margin: 0 8px; }
.uma-form .uma-check input { width: auto; margin: 0 8px 0 104px; vertical-align: baseline; }
.uma-form .uma-check label { width: auto; max-width: calc(100% - 140px); vertical-align: top; }
.uma-form details { margin: 4px 0 12px; }
.uma-form summary { cursor: pointer; margin-bottom: 12px; color: var(--red-ui-primary-text-color); }
/* Seen by nobody, read to those who cannot see: the row above has the same words. */
.uma-hidden-label span { opacity: 0; }
.uma-pick { padding: 8px; width: 320px; background: var(--red-ui-secondary-background); }
.uma-pick input { width: 100%; box-sizing: border-box; }
.uma-pick ul { list-style: none; margin: 8px 0 0; padding: 0; max-height: 240px; overflow-y: auto; }
.uma-pick li button { display: block; width: 100%; padding: 6px 8px; border: 0; text-align: left; cursor: pointer;
  background: none; color: var(--red-ui-primary-text-color); }
.uma-pick li button:hover, .uma-pick li button:focus { background: var(--red-ui-list-item-background-hover); }
.uma-picked { padding: 0 6px; line-height: 32px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; cursor: pointer; }
.uma-pick small, .uma-steps small { display: block; color: var(--red-ui-secondary-text-color); }
.uma-state { display: inline-block; box-sizing: border-box; width: 70%; vertical-align: top; padding: 8px 10px; border: 1px solid var(--red-ui-secondary-border-color); border-radius: 4px;
  color: var(--red-ui-primary-text-color); background: var(--red-ui-secondary-background); }
.uma-state a { color: var(--red-ui-text-color-link); text-decoration: underline; }
.uma-state strong { font-family: var(--red-ui-monospace-font); font-size: 1.2em; letter-spacing: 0.08em; }
.uma-state small { display: block; margin: 4px 0; overflow-wrap: anywhere; color: var(--red-ui-secondary-text-color); }
.uma-listed:not(:has(li))::before { content: attr(data-none); display: block; padding: 8px 10px; color: var(--red-ui-secondary-text-color); }
.uma-steps { list-style: none; margin: 8px 0 0; padding: 0; }
.uma-steps li { margin: 4px 0; }
.uma-steps .fa-check { color: var(--red-ui-text-color-success); }
.uma-steps .fa-times { color: var(--red-ui-text-color-error); }
.uma-hidden-words { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.uma-dialog { box-sizing: border-box; width: max-content; min-width: min(320px, calc(100vw - 24px)); max-width: min(420px, calc(100vw - 24px)); max-height: calc(100vh - 24px); overflow-y: auto; padding: 16px;
  border: 1px solid var(--red-ui-primary-border-color); border-radius: 4px; background: var(--red-ui-primary-background);
  color: var(--red-ui-primary-text-color); font: 14px/1.4 var(--red-ui-primary-font); }
.uma-dialog h2 { margin: 0 0 8px; font-size: 1.2em; line-height: 1.3; overflow-wrap: anywhere; color: inherit; }
.uma-dialog h2:focus { outline: none; }
.uma-dialog p { color: inherit; }
.uma-dialog a { color: var(--red-ui-text-color-link); text-decoration: underline; overflow-wrap: anywhere; }
.uma-dialog :focus-visible:not(h2) { outline: 2px solid var(--red-ui-text-color-link); outline-offset: 1px; }
.uma-dialog::backdrop { background: rgb(0 0 0 / 40%); }
.uma-dialog .red-ui-button:not(.primary) { color: var(--red-ui-primary-text-color) !important; }
.uma-dialog-buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-top: 16px; }
.uma-claim:focus { outline: none; }
.uma-claim-state { margin: 0 0 10px; }
.uma-claim-state .fa { width: 1.2em; }
.uma-qr { display: block; width: min(240px, 100%); margin: 12px auto; border-radius: 4px; }
p.uma-no-qr { margin: 0 0 8px; padding: 8px 10px; border-left: 3px solid var(--red-ui-text-color-warning); background: var(--red-ui-secondary-background); }
.uma-claim dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; align-items: baseline; margin: 0 0 8px; }
.uma-claim dt { font-weight: normal; color: inherit; }
.uma-claim dd { margin: 0; min-width: 0; overflow-wrap: anywhere; color: inherit; }
.uma-claim strong { font-family: var(--red-ui-monospace-font); font-size: 1.6em; letter-spacing: 0.08em; user-select: all; }
.uma-claim small { display: block; color: inherit; }
`;

/** Adds the styles to the page, once for all forms. */
export function addStyles(): void {
  const id = 'uma-home-styles';
  if (document.getElementById(id)) return;
  const style = document.createElement('style');
  style.id = id;
  style.textContent = STYLES;
  document.head.append(style);
}

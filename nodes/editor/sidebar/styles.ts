/** How the sidebar looks: in the editor's own colours, so that it fits its theme, and from 180 px on. */
const STYLES = `
.uma-sidebar { box-sizing: border-box; position: relative; height: 100%; overflow-y: auto; padding: 8px 12px 24px; color: var(--red-ui-primary-text-color); }
.uma-sidebar [hidden] { display: none; }
.uma-sidebar h2 { margin: 4px 0 8px; font-size: 1.3em; line-height: 1.3; overflow-wrap: anywhere; color: var(--red-ui-primary-text-color); }
.uma-sidebar h3 { margin: 16px 0 4px; font-size: 1em; line-height: 1.4; color: var(--red-ui-primary-text-color); }
.uma-sidebar .uma-state { display: block; width: auto; }
.uma-sidebar ul { list-style: none; margin: 0; padding: 0; }
.uma-sidebar li { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; padding: 6px 0; border-bottom: 1px solid var(--red-ui-secondary-border-color); }
.uma-sidebar li > .fa { width: 1em; }
.uma-sidebar .uma-row-words { flex: 1 1 130px; min-width: 0; overflow-wrap: anywhere; }
.uma-sidebar small, .uma-sidebar .uma-listed:not(:has(li))::before { color: var(--red-ui-secondary-text-color);
  /* A theme's quiet text is too pale for words that matter. */
  color: color-mix(in srgb, var(--red-ui-primary-text-color) 85%, var(--red-ui-secondary-background)); }
.uma-sidebar small { display: block; }
.uma-sidebar .uma-listed:not(:has(li))::before { padding: 6px 0; }
.uma-sidebar a { color: var(--red-ui-text-color-link); text-decoration: underline; }
.uma-sidebar :focus-visible { outline: 2px solid var(--red-ui-text-color-link); outline-offset: 1px; }
.uma-sidebar ul:focus { outline: none; }
.uma-sidebar .uma-ways { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 8px 0 0; }
.uma-sidebar .uma-answers { display: flex; flex-wrap: wrap; gap: 6px; width: 100%; }
.uma-sidebar .uma-answers select { width: auto; min-width: 0; height: 28px; margin: 0; padding: 0 4px; font-size: 13px; }
.uma-sidebar .uma-said:empty { display: none; }
.uma-sidebar .uma-said { margin: 0 0 8px; padding: 6px 8px; border-left: 3px solid var(--red-ui-text-color-link); background: var(--red-ui-secondary-background); }
.uma-sidebar .uma-allowed > .fa { color: var(--red-ui-text-color-success); }
.uma-sidebar .uma-refused > .fa { color: var(--red-ui-text-color-error); }
.uma-sidebar .uma-not-deployed > :is(h3, ul) { display: none; }
.uma-sidebar .uma-home + .uma-home { margin-top: 24px; }
.uma-sidebar .red-ui-button { color: var(--red-ui-primary-text-color) !important; height: 28px; padding: 0 10px; font-size: 13px; line-height: 24px; }
.uma-sidebar button[aria-disabled="true"] { opacity: 0.5; }
`;

export function addSidebarStyles(): void {
  document.head.append(Object.assign(document.createElement('style'), { textContent: STYLES }));
}

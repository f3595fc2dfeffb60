/** Hours of the week: days to tick, from, to, and whose clock is meant. */
import { clockTime, isTime, isTimeZone, parseDays } from '../../lib/node-red/share-hours.ts';
import { currentText, field } from './form.ts';
import type { EditorNode } from './red.ts';
import { word } from './words.ts';

/** 5 January 1970 was a Monday. */
const MONDAY_MS = 4 * 86_400_000;
const DAYS = [1, 2, 3, 4, 5, 6, 7];

export const isWeekly = (node: EditorNode): boolean => currentText(node, 'hours') === 'weekly';

/** Every language has names for the days: the form's own words would be one more list to translate. */
function dayName(day: number, weekday: 'short' | 'long'): string {
  const format = new Intl.DateTimeFormat(RED.i18n.lang(), { weekday, timeZone: 'UTC' });
  return format.format(MONDAY_MS + (day - 1) * 86_400_000);
}

function dayBox(node: EditorNode, day: number, changed: () => void): HTMLElement {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.value = String(day);
  box.checked = parseDays(currentText(node, 'days')).includes(day);
  box.setAttribute('aria-label', dayName(day, 'long'));
  box.addEventListener('change', changed);
  const label = document.createElement('label');
  label.className = 'uma-day';
  label.append(box, ` ${dayName(day, 'short')}`);
  return label;
}

/** The ticks are no fields of the editor's: they write into the hidden one that it saves. */
function daysField(node: EditorNode): void {
  const hidden = field(node, 'days');
  const group = document.getElementById('node-input-days-shown');
  if (!(hidden instanceof HTMLInputElement) || !group) return;
  const changed = (): void => {
    const ticked = [...group.querySelectorAll<HTMLInputElement>('input:checked')];
    hidden.value = ticked.map(({ value }) => value).join(',');
    $(hidden).trigger('change');
  };
  group.replaceChildren(...DAYS.map((day) => dayBox(node, day, changed)));
}

/** Offers every name that this browser knows; the first choice is where it is itself. */
function timeZoneField(node: EditorNode): void {
  const input = field(node, 'timeZone');
  const list = document.getElementById('uma-time-zones');
  if (!(input instanceof HTMLInputElement) || !list) return;
  if (input.value === '') input.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = Intl.supportedValuesOf('timeZone').map((name) => {
    const option = document.createElement('option');
    option.value = name;
    return option;
  });
  list.replaceChildren(...names);
}

export function hoursField(node: EditorNode): void {
  daysField(node);
  timeZoneField(node);
}

/** Does the window end on the day after? Said in the form, because nobody should have to guess. */
export function endsNextDay(node: EditorNode): boolean {
  const [from, to] = [currentText(node, 'from'), currentText(node, 'to')];
  return isTime(from, true) && isTime(to, false) && clockTime(to) < clockTime(from);
}

export function daysProblem(node: EditorNode): true | string {
  return parseDays(currentText(node, 'days')).length > 0 ? true : word('no_days');
}

export function timeProblem(node: EditorNode, property: 'from' | 'to'): true | string {
  const text = currentText(node, property);
  if (!isTime(text, property === 'from')) return word('bad_time');
  const same = property === 'to' && clockTime(text) === clockTime(currentText(node, 'from'));
  return same ? word('same_times') : true;
}

export function timeZoneProblem(node: EditorNode): true | string {
  return isTimeZone(currentText(node, 'timeZone')) ? true : word('bad_time_zone');
}

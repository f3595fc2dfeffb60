/** *Test connection*: sends what stands in the form, deployed or not, and shows each step with how to mend it. */
import { readAddresses } from './addresses-field.ts';
import { tell } from './ask.ts';
import { current, currentText, whenChanged } from './form.ts';
import type { EditorNode } from './red.ts';
import { word } from './words.ts';

interface Step {
  ok: boolean;
  step: string;
  hint?: string;
}

function line({ ok, step, hint }: Step): HTMLLIElement {
  const item = document.createElement('li');
  const mark = document.createElement('i');
  mark.className = `fa ${ok ? 'fa-check' : 'fa-times'}`;
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', word(ok ? 'step_ok' : 'step_failed'));
  item.append(mark, ` ${step}`);
  if (hint) {
    const small = document.createElement('small');
    small.textContent = hint;
    item.append(small);
  }
  return item;
}

/** All that decides which server is meant, and how it is reached: what is deployed is known by it. */
const asked = [
  ...['kind', 'port', 'url', 'certificate', 'reach', 'host'],
  ...['certificateFrom', 'certificateFile', 'keyFile', 'publicAddress', 'proxies'],
];
const ticks = ['overheard', 'fromContainer'];

/** The registration token is not among them: a test uses nothing up. */
function values(node: EditorNode): object {
  const typed = asked.map((setting) => [setting, currentText(node, setting)]);
  const ticked = ticks.map((setting) => [setting, current(node, setting) === true]);
  return { id: node.id, ...Object.fromEntries([...typed, ...ticked]), addresses: readAddresses() ?? [] };
}

async function test(node: EditorNode, button: HTMLButtonElement, steps: HTMLElement): Promise<void> {
  button.disabled = true;
  steps.textContent = word('testing');
  try {
    const answer = await tell<{ steps: Step[] }>('test', values(node));
    steps.replaceChildren(...answer.steps.map(line));
  } catch {
    steps.textContent = word('test_failed');
  } finally {
    button.disabled = false;
  }
}

export function testButton(node: EditorNode): void {
  const button = document.getElementById('uma-test');
  const steps = document.getElementById('uma-test-steps');
  if (!(button instanceof HTMLButtonElement) || !steps) return;
  let tested = '';
  button.addEventListener('click', () => {
    tested = JSON.stringify(values(node));
    void test(node, button, steps);
  });
  // What was tested is not what stands there now.
  whenChanged(node, () => {
    if (!button.disabled && tested !== JSON.stringify(values(node))) steps.replaceChildren();
  });
}

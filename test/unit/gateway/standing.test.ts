/** How a gateway says that it stands: what others do with that must not change it. */
import assert from 'node:assert/strict';
import { createStandingBoard } from '../../../lib/gateway/standing.ts';
import type { JoinStep } from '../../../lib/servers/join-walk.ts';

/** A way in that a test walks, and a server that counts its set-up links. */
function aBoard() {
  let [step, made] = [{ phase: 'starting' } as JoinStep, 0];
  const listeners = new Set<(step: JoinStep) => void>();
  const join = {
    step: () => step,
    watch: (listener: (step: JoinStep) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const setUpLink = () => `http://as.example/setup?code=${++made}`;
  return {
    board: createStandingBoard({ join }, { pages: 'http://as.example', setUpLink }),
    walk: (next: JoinStep) => {
      step = next;
      for (const listener of listeners) listener(next);
    },
  };
}

const nobody = (userCode: string): JoinStep => ({ phase: 'no-owner', userCode, verificationUri: 'http://as.example' });
const linkOf = (standing: object) => ('setUpLink' in standing ? standing.setUpLink : undefined);

describe('how a gateway stands', () => {
  it('while nobody owns the home, the set-up link that was told stays the same, however often somebody looks', () => {
    const { board, walk } = aBoard();
    const told: unknown[] = [];
    board.watch((standing) => told.push(linkOf(standing)));
    walk(nobody('BCDF-GHJK'));
    for (let looks = 0; looks < 20; looks += 1) assert.equal(linkOf(board.standing()), told[0]);
    assert.equal(told[0], 'http://as.example/setup?code=1&connect=BCDF-GHJK');
  });

  it('a new code of the way in brings a new link: both would run out otherwise', () => {
    const { board, walk } = aBoard();
    walk(nobody('BCDF-GHJK'));
    board.standing();
    walk(nobody('LMNP-QRST'));
    assert.equal(linkOf(board.standing()), 'http://as.example/setup?code=2&connect=LMNP-QRST');
  });
});

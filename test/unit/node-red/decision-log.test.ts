import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createDecisionLog, type DecisionLog, type Told } from '../../../lib/node-red/decision-log.ts';

const passed = { allowed: true, sentence: 'Thermostat was allowed to start Dishwasher.' };
const refused = (sentence: string) => ({ allowed: false, reason: 'no_token', sentence, why: 'No token was sent.' });

describe('what the editor is told of decisions', () => {
  let published: { topic: string; told: Told[]; retain: boolean }[] = [];
  let log: DecisionLog;
  let nowMs = 0;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    published = [];
    nowMs = 1_000;
    log = createDecisionLog('n-home', {
      publish: (topic, told, retain) => published.push({ topic, told, retain }),
      nowMs: () => nowMs,
    });
  });
  afterEach(() => mock.timers.reset());

  it('is told a few times a second at most, however much is decided', () => {
    for (let second = 0; second < 10; second += 1) {
      for (let tenth = 0; tenth < 10; tenth += 1) {
        for (let count = 0; count < 50; count += 1) log.add(passed);
        mock.timers.tick(100);
      }
    }
    assert.ok(published.length >= 20 && published.length <= 25, `${published.length} in ten seconds`);
  });

  it('and not at all while nothing is', () => {
    log.add(passed);
    mock.timers.tick(60_000);
    assert.equal(published.length, 1);
  });

  it('hears the newest first, kept for an editor that is opened later', () => {
    log.add(passed);
    nowMs = 2_000;
    log.add(refused('Somebody may not start Dishwasher.'));
    mock.timers.tick(500);
    const [first] = published;
    assert.deepEqual([first?.topic, first?.retain], ['uma-home/decisions/n-home', true]);
    assert.deepEqual(first?.told, [
      { ...refused('Somebody may not start Dishwasher.'), at: 2_000, times: 1 },
      { ...passed, at: 1_000, times: 1 },
    ]);
  });

  it('counts what is decided again, so that a stranger who knocks a thousand times pushes nothing out', () => {
    log.add(passed);
    for (let knock = 0; knock < 1_000; knock += 1) log.add(refused('Somebody may not start Dishwasher.'));
    log.flush();
    assert.deepEqual(
      published[0]?.told.map(({ sentence, times }) => [sentence, times]),
      [
        ['Somebody may not start Dishwasher.', 1_000],
        [passed.sentence, 1],
      ],
    );
  });

  it('is bounded: of a thousand different things the last thirty are told', () => {
    for (let thing = 0; thing < 1_000; thing += 1) log.add(refused(`Device ${thing} may not start Dishwasher.`));
    log.flush();
    assert.equal(published[0]?.told.length, 30);
    assert.match(published[0]?.told[0]?.sentence ?? '', /999/);
  });

  it('leaves no timer behind when its node closes, and loses nothing', () => {
    log.add(passed);
    log.flush();
    mock.timers.tick(1_000);
    assert.equal(published.length, 1);
    assert.equal(published[0]?.told.length, 1);
  });

  it('keeps nothing of a server that was deleted', () => {
    log.add(passed);
    log.forget();
    mock.timers.tick(1_000);
    assert.deepEqual(published, [{ topic: 'uma-home/decisions/n-home', told: [], retain: false }]);
  });
});

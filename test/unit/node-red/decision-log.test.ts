import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createDecisionLog, type DecisionLog, type Told } from '../../../lib/node-red/decision-log.ts';
import { say } from '../../../lib/sharing/say.ts';

const values = { resource: 'Dishwasher', scopes: 'start' };
const passed = { allowed: true, sentence: { key: 'node.passed', values: { ...values, device: 'Thermostat' } } };
const refused = (resource = 'Dishwasher') => ({
  ...{ allowed: false, reason: 'no_token', why: { key: 'reason.no_token' } },
  sentence: { key: 'node.stranger_refused', values: { ...values, resource } },
});
const inEnglish = ({ words }: Told): string | undefined => words.en?.sentence;

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

  it('is the newest first, in every language, kept for an editor that is opened later', () => {
    log.add(passed);
    nowMs = 2_000;
    log.add(refused());
    mock.timers.tick(500);
    const [first] = published;
    assert.deepEqual([first?.topic, first?.retain], ['uma-home/decisions/n-home', true]);
    assert.deepEqual(
      first?.told.map(({ at, times, allowed, reason }) => ({ at, times, allowed, reason })),
      [
        { at: 2_000, times: 1, allowed: false, reason: 'no_token' },
        { at: 1_000, times: 1, allowed: true, reason: undefined },
      ],
    );
    assert.deepEqual(first?.told[0]?.words, {
      en: { sentence: 'Not let through: start Dishwasher.', why: 'No token was sent.' },
      de: { sentence: 'Nicht durchgelassen: Dishwasher starten.', why: say({ key: 'reason.no_token' }, 'de') },
    });
  });

  it('counts what is decided again, so that a stranger who knocks a thousand times pushes nothing out', () => {
    log.add(passed);
    for (let knock = 0; knock < 1_000; knock += 1) log.add(refused());
    log.flush();
    assert.deepEqual(
      published[0]?.told.map((told) => [inEnglish(told), told.times]),
      [
        ['Not let through: start Dishwasher.', 1_000],
        ['Let through: Thermostat may start Dishwasher.', 1],
      ],
    );
  });

  it('is bounded: of a thousand different things the last thirty are told', () => {
    for (let thing = 0; thing < 1_000; thing += 1) log.add(refused(`Thing ${thing}`));
    log.flush();
    assert.equal(published[0]?.told.length, 30);
    assert.equal(published[0]?.told.map(inEnglish)[0], 'Not let through: start Thing 999.');
  });

  it('is bounded where a sender may choose what is asked for', () => {
    log.add(refused('x'.repeat(1_000_000)));
    log.flush();
    assert.ok(JSON.stringify(published).length < 2_000);
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

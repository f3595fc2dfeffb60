import assert from 'node:assert/strict';
import { createShelf } from '../../../portal/shelf/shelf.ts';
import type { Loaders, Topics } from '../../../portal/shelf/topics.ts';
import type { Answer } from '../../../portal/wire/api.ts';

type People = Answer<Topics['people']>;

const person = (name: string) => ({ name, kind: 'guest' as const, createdAt: 0 });
const answer = (...names: string[]): People => ({ ok: true, value: names.map(person) });

/** A shelf whose list of people is read only as the test answers, one reading after the other. */
function aShelf() {
  const waiting: ((answered: People) => void)[] = [];
  const people = () => new Promise<People>((resolve) => void waiting.push(resolve));
  const clock = { ms: 1_000_000 };
  const shelf = createShelf({ people } as unknown as Loaders, () => clock.ms);
  let drawn = 0;
  const look = () => shelf.look('people').value?.map(({ name }) => name);
  const draw = () => {
    drawn += 1;
  };
  const want = (shown = shelf.look('people')) => shelf.want('people', () => draw(), shown);
  const reply = async (answered: People) => {
    waiting.shift()?.(answered);
    await new Promise(setImmediate);
  };
  return { clock, shelf, look, want, reply, readings: () => waiting.length, drawn: () => drawn };
}

describe('the portal’s shelf', () => {
  it('draws a screen again where the list came while it was drawn for the first time', async () => {
    const { shelf, want, reply, readings, drawn } = aShelf();
    const end = want();
    const shown = shelf.look('people');
    await reply(answer('Bob'));
    end();
    assert.equal(drawn(), 1);
    want(shown);
    assert.equal(drawn(), 2, 'it showed nothing, and would have gone on showing nothing');
    want();
    assert.deepEqual([drawn(), readings()], [2, 0]);
  });

  it('reads a list once, however many want it, and draws it', async () => {
    const { look, want, reply, readings, drawn } = aShelf();
    want();
    want();
    assert.equal(readings(), 1);
    await reply(answer('Bob'));
    assert.deepEqual(look(), ['Bob']);
    assert.equal(drawn(), 2);
  });

  it('reads again what changed while it was being read', async () => {
    const { shelf, look, want, reply } = aShelf();
    want();
    const done = shelf.refresh(['people']);
    await reply(answer('old'));
    await reply(answer('new'));
    await done;
    assert.deepEqual(look(), ['new']);
  });

  it('keeps what it knew where it cannot read, and says so', async () => {
    const { shelf, look, want, reply } = aShelf();
    want();
    await reply(answer('Bob'));
    void shelf.refresh();
    await reply({ ok: false, error: 'no_connection' });
    assert.deepEqual(look(), ['Bob']);
    assert.equal(shelf.look('people').refused?.error, 'no_connection');
    void shelf.refresh();
    await reply(answer('Bob', 'Carol'));
    assert.equal(shelf.look('people').refused, undefined);
  });

  it('forgets what nobody looks at, and reads it anew when somebody does', async () => {
    const { shelf, look, want, reply, readings } = aShelf();
    const unwant = want();
    await reply(answer('Bob'));
    unwant();
    await shelf.refresh(['people']);
    assert.equal(look(), undefined);
    want();
    assert.equal(readings(), 1);
  });

  it('shows at once what is known, and reads it anew where that is old', async () => {
    const { look, want, reply, readings, clock } = aShelf();
    const unwant = want();
    await reply(answer('Bob'));
    unwant();
    want()();
    assert.equal(readings(), 0);
    clock.ms += 60_000;
    want();
    assert.deepEqual([look(), readings()], [['Bob'], 1]);
  });

  it('shows the next person nothing that was asked for by the one before', async () => {
    const { shelf, look, want, reply } = aShelf();
    want();
    shelf.clear();
    want();
    await reply(answer('of the one before'));
    assert.equal(look(), undefined);
    await reply(answer('of the next'));
    assert.deepEqual(look(), ['of the next']);
  });
});

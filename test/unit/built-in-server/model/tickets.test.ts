import assert from 'node:assert/strict';
import { createTickets } from '../../../../lib/built-in-server/model/tickets.ts';

describe('permission tickets', () => {
  const ask = (gateway = 'gw') => ({ gateway, permissions: [{ resource: 'dishwasher', scopes: ['start'] }] });

  it('G 5.5: are taken once', () => {
    const tickets = createTickets(() => 0);
    const ticket = tickets.issue(ask());
    assert.deepEqual(tickets.take(ticket, 'dev')?.permissions, ask().permissions);
    assert.equal(tickets.take(ticket, 'dev'), undefined);
  });

  it('belong to the client they were rotated for, and stay where they are for anybody else', () => {
    const tickets = createTickets(() => 0);
    const ticket = tickets.issue({ ...ask(), client: 'dev' });
    assert.equal(tickets.take(ticket, 'thief'), undefined);
    assert.ok(tickets.take(ticket, 'dev'));
  });

  it('live ten minutes', () => {
    let now = 1000;
    const tickets = createTickets(() => now);
    const [first, second] = [tickets.issue(ask()), tickets.issue(ask())];
    now += 599;
    assert.ok(tickets.take(first, 'dev'));
    now += 1;
    assert.equal(tickets.take(second, 'dev'), undefined);
  });

  it('of a gateway that is flooded drive out only its own oldest', () => {
    const tickets = createTickets(() => 0, { perGateway: 3 });
    const quiet = tickets.issue(ask('quiet'));
    const flood = Array.from({ length: 5 }, () => tickets.issue(ask('flooded')));
    assert.ok(tickets.take(quiet, 'dev'));
    assert.deepEqual(
      flood.map((ticket) => tickets.take(ticket, 'dev') !== undefined),
      [false, false, true, true, true],
    );
  });

  it('never take more room than they may', () => {
    const tickets = createTickets(() => 0, { overall: 3 });
    const all = Array.from({ length: 5 }, (_, n) => tickets.issue(ask(`gw${n}`)));
    assert.equal(all.filter((ticket) => tickets.take(ticket, 'dev') !== undefined).length, 3);
  });
});

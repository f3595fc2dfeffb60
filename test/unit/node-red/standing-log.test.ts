import assert from 'node:assert/strict';
import type { Standing } from '../../../lib/gateway/gateway.ts';
import { standingLog } from '../../../lib/node-red/standing-log.ts';

const words = ({ key, values = {} }: { key: string; values?: Record<string, string | number> }): string =>
  [key, ...Object.values(values)].join(' ');

function told(standings: Standing[]): [string, string][] {
  const lines: [string, string][] = [];
  const tell = (way: string) => (line: string) => void lines.push([way, line]);
  const log = standingLog(
    words,
    { connection: 'home', fingerprint: () => 'key-1' },
    { info: tell('info'), warn: tell('warn'), print: tell('print') },
  );
  for (const standing of standings) log(standing);
  return lines;
}

describe('what the log is told of a connection', () => {
  it('prints the set-up link on the terminal only: the debug sidebar shows every warning to everybody', () => {
    const link = 'http://127.0.0.1:1862/setup?code=secret';
    assert.deepEqual(told([{ phase: 'no-owner', setUpLink: link }]), [['print', `log.no_owner_link home ${link}`]]);
  });

  it('tells each change once', () => {
    const waiting: Standing = {
      phase: 'waiting-for-owner',
      userCode: 'BCDF-GHJK',
      verificationUri: 'http://as/device',
    };
    assert.deepEqual(told([{ phase: 'starting' }, waiting, { ...waiting }, { phase: 'ready' }]), [
      ['warn', 'log.waiting_for_owner home BCDF-GHJK http://as/device key-1'],
      ['info', 'log.ready home'],
    ]);
  });

  it('warns with the code that flows need before they may share', () => {
    const code = { userCode: 'BCDF-GHJK', verificationUri: 'http://as/device' };
    assert.deepEqual(told([{ phase: 'ready' }, { phase: 'ready', code }, { phase: 'ready' }]), [
      ['info', 'log.ready home'],
      ['warn', 'log.may_not_share home BCDF-GHJK http://as/device key-1'],
      ['info', 'log.ready home'],
    ]);
  });

  it('says why a gateway cannot start', () => {
    const error = { key: 'hint.port_in_use', values: { port: 1862 } };
    assert.deepEqual(told([{ phase: 'failed', error }]), [['warn', 'hint.port_in_use 1862']]);
  });
});

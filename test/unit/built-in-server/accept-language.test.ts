import assert from 'node:assert/strict';
import { languageWished } from '../../../lib/built-in-server/http/accept-language.ts';

describe('RFC 9110 12.5.4: the language of a page', () => {
  const headers: [header: string | undefined, language: 'en' | 'de', why: string][] = [
    [undefined, 'en', 'nothing is wished'],
    ['', 'en', 'nothing is wished'],
    ['de', 'de', 'German'],
    ['de-AT', 'de', 'RFC 4647 3.4: German, whatever its region'],
    ['DE-de-1996', 'de', 'letters count the same, small or large'],
    ['en-US,en;q=0.9,de;q=0.8', 'en', 'English more than German'],
    ['de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7', 'de', 'what a German browser sends'],
    ['en;q=0.4, de;q=0.5', 'de', 'the weight counts, not the place'],
    ['en;q=0.001,de;q=0', 'en', 'the smallest weight there is'],
    ['en;q=0,de;q=0.001', 'de', 'English is not acceptable'],
    ['de, en', 'de', 'of two liked alike the first'],
    ['en, de', 'en', 'of two liked alike the first'],
    ['fr-CH, fr;q=0.9, de;q=0.5, *;q=0.1', 'de', 'German before anything else but French'],
    ['fr, *', 'en', 'anything: ours is English'],
    ['*', 'en', 'anything'],
    ['en;q=0, *', 'de', 'anything but English'],
    ['*;q=0.5, de;q=0.1', 'en', 'anything rather than German'],
    ['fr', 'en', 'nothing of ours, and a page is better than none'],
    ['de;q=0, en;q=0', 'en', 'nothing of ours'],
    ['de ; q=0.8 ,\ten;q=0.7', 'de', '5.6.3: white space'],
    [', ,de,,', 'de', '5.6.1.2: empty members'],
    ['de;q=2, en;q=0.1', 'en', '12.4.2: a weight above 1 is none'],
    ['de;q=0.1234, en;q=0.1', 'en', '12.4.2: three digits at most'],
    ['de;q=-1, en;q=0.1', 'en', 'no weight'],
    ['de;level=1, en;q=0.1', 'en', 'no weight'],
    ['deutsch', 'en', 'no language of ours'],
    ['de_DE', 'en', 'no language tag'],
    ['de"><script>', 'en', 'no language tag'],
    ['*-de', 'en', 'an extended range, which this header has not'],
    ['de;q=0.9 en', 'en', 'garbage'],
    [`${'x'.repeat(10_000)},de`, 'en', '10 kB are not read'],
    [`de${',de'.repeat(5_000)}`, 'en', '15 kB are not read'],
    [`de;${' '.repeat(400)}`, 'en', 'white space without a weight'],
  ];
  for (const [header, language, why] of headers)
    it(`${header === undefined ? 'no header' : JSON.stringify(header.slice(0, 50))}: ${language}, ${why}`, () => {
      assert.equal(languageWished(header), language);
    });

  it('takes no longer over what was made to take long', () => {
    const before = process.cpuUsage();
    for (let round = 0; round < 100; round += 1) {
      languageWished(`de${'-a'.repeat(200)};q=`);
      languageWished(`${'a;\t '.repeat(100)}`);
      languageWished(','.repeat(500));
    }
    assert.ok(process.cpuUsage(before).user < 1_000_000, 'a second of work');
  });
});

import { useTopic, useWords } from '../shell/portal.ts';
import { linkTo } from '../shell/route.ts';

/** Why nothing can be allowed while everything is stopped, and where that is ended. */
export function StoppedBanner() {
  const words = useWords();
  const since = useTopic('home').value?.panic.since;
  if (since === undefined) return null;
  return (
    <p class="warning">
      {words.say('portal.stopped_banner', { since: words.when(since) })}{' '}
      <a href={linkTo({ screen: 'stop' })}>{words.say('portal.stopped_link')}</a>
    </p>
  );
}

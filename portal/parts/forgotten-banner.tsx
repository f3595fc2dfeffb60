import { usePortal, useTopic } from '../shell/portal.ts';
import { useAct } from '../shell/use-act.ts';
import { Button } from './button.tsx';

/** That what was taken back may be allowed again, as after a restored backup, until the owner has looked. */
export function ForgottenBanner() {
  const { api, words } = usePortal();
  const { busy, run } = useAct();
  const since = useTopic('home').value?.forgotten?.since;
  if (since === undefined) return null;
  const looked = () => void run(() => api.act('DELETE', '/api/forgotten'), { changes: ['home'] });
  return (
    <div class="warning">
      <p>{words.say('portal.forgotten_banner', { since: words.when(since) })}</p>
      <Button kind="quiet" busy={busy} onPress={looked}>
        {words.say('portal.forgotten_looked')}
      </Button>
    </div>
  );
}

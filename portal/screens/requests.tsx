import { Page } from '../parts/page.tsx';
import { StoppedBanner } from '../parts/stopped-banner.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { useTopic, useWords } from '../shell/portal.ts';
import { RequestCard } from './request-card.tsx';

/** Who waits for a yes or a no. */
export function Requests() {
  const words = useWords();
  const requests = useTopic('requests');
  return (
    <Page title={words.say('portal.requests_title')}>
      <StoppedBanner />
      {requests.value === undefined ? (
        <Waiting held={requests} />
      ) : (
        <>
          {requests.value.length === 0 && <p class="soft">{words.say('portal.no_requests')}</p>}
          {requests.value.map((request) => (
            <RequestCard key={request.id} request={request} />
          ))}
        </>
      )}
    </Page>
  );
}

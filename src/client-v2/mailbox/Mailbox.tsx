import { App, Button, ConfigProvider, Flex, Result, Skeleton, theme } from 'antd';
import { useEffect, useState } from 'react';
import { AccountDrawer } from '../accounts/AccountDrawer';
import { ComposerDock } from '../composer/ComposerDock';
import { useComposers } from '../composer/use-composers';
import { sentenceOf } from '../api/problem';
import { HealthDrawer } from '../health/HealthDrawer';
import { StoppedBanner } from '../health/StoppedBanner';
import { useT } from '../locale';
import { OutboxBar } from '../outbox/OutboxBar';
import { MailboxPanes } from './MailboxPanes';
import { MailboxStyle } from './MailboxStyle';
import { useMailbox, type MailboxData } from './use-mailbox';
import { useOwnPlace, type PlaceState } from './use-place';
import { Welcome } from './Welcome';

export interface MailboxProps {
  /** Any CSS height. */
  readonly height: string;
  /** Folder and conversation that are shown, and who remembers them. */
  readonly place: PlaceState;
  /** For a page that holds nothing else. */
  readonly takesFocus?: boolean;
}

/** The mailbox as a block, on a page that has other things too. */
export function MailboxBlock() {
  return <Mailbox height="640px" place={useOwnPlace()} />;
}

/** The whole mailbox, for the page and for blocks. */
export function Mailbox({ height, place, takesFocus = false }: MailboxProps) {
  const { token } = theme.useToken();
  return (
    // antd's grey for secondary text has 3.4:1 on white; people read whole lists in it (WCAG 2.2 §1.4.3 asks for 4.5:1).
    <ConfigProvider theme={{ token: { colorTextDescription: token.colorTextSecondary } }}>
      <App component={false}>
        <MailboxStyle />
        <div style={{ height, position: 'relative', overflow: 'hidden' }} data-testid="mailbox">
          <MailboxContent place={place} takesFocus={takesFocus} />
        </div>
      </App>
    </ConfigProvider>
  );
}

function MailboxContent({ place, takesFocus }: Required<Omit<MailboxProps, 'height'>>) {
  const t = useT();
  const mailbox = useMailbox();
  const composers = useComposers(mailbox.refresh);
  const [isManaging, setManaging] = useState(false);
  const [isInspecting, setInspecting] = useState(false);
  const { data, problem, isLoading, refresh } = mailbox;
  const isEmpty = data !== null && isBare(data);
  useLostPlace(place, data);
  useEffect(() => {
    if (isEmpty) setManaging(false);
  }, [isEmpty]);
  const drawer = (
    <AccountDrawer
      isOpen={isManaging}
      accounts={data?.accounts ?? []}
      onClose={() => setManaging(false)}
      onChanged={refresh}
    />
  );
  if (isLoading) return <Skeleton active paragraph={{ rows: 12 }} style={{ padding: 24 }} />;
  if (!data)
    return (
      <Result
        status="warning"
        title={sentenceOf(problem, t)}
        extra={<Button onClick={refresh}>{t('Try again')}</Button>}
      />
    );
  if (isEmpty) return <Welcome accounts={data.accounts} onChanged={refresh} />;
  return (
    <Flex vertical style={{ height: '100%' }}>
      <StoppedBanner accounts={data.accounts} onInspect={() => setInspecting(true)} onChanged={refresh} />
      <OutboxBar outgoing={data.outgoing} onReopen={composers.openDraft} onChanged={refresh} />
      <MailboxPanes
        place={place}
        takesFocus={takesFocus}
        mailbox={mailbox}
        data={data}
        composers={composers}
        onManage={() => setManaging(true)}
        onInspect={() => setInspecting(true)}
      />
      <ComposerDock composers={composers} accounts={data.accounts} />
      {drawer}
      <HealthDrawer isOpen={isInspecting} onClose={() => setInspecting(false)} />
    </Flex>
  );
}

/** There is no mailbox yet. */
const isBare = ({ accounts, folders }: MailboxData): boolean =>
  accounts.every((account) => account.state === 'linking') && folders.length === 0;

/** A folder that is gone, or was of a mailbox that was unlinked, is no place to come back to, nor is what was open in it. */
function useLostPlace({ folderId, showsDrafts, go }: PlaceState, data: MailboxData | null): void {
  const isLost = data !== null && folderId !== null && data.folders.every(({ id }) => id !== folderId);
  useEffect(() => {
    if (isLost) go({ folderId: null, threadId: null, showsDrafts });
  }, [isLost, showsDrafts, go]);
}

import { ReloadOutlined } from '@ant-design/icons';
import {
  Alert,
  Badge,
  Button,
  Card,
  Flex,
  Select,
  Skeleton,
  Table,
  theme,
  Typography,
  type TableColumnsType,
} from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { textKey } from '../../shared/text-key';
import type { WireAccountState, WireHealth, WireHealthPage } from '../../shared/wire';
import { isPartly, PARTLY, STATE_LOOKS } from '../accounts/account-states';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useLoaded } from '../api/use-loaded';
import { useT, type Translate } from '../locale';
import { STATE_NAMES, stateOptions, wordsOnTheWay } from './account-words';
import { behind } from './behind';
import { Moment } from './Moment';
import { useNow } from './use-now';

const REFRESH_MS = 30_000;
const PAGE_SIZE = 20;
const NOBODY = textKey('Nobody has linked a mailbox yet.');
const NONE = textKey('No mailbox is in this state.');

/** How the mailboxes of all users are doing, for administrators. Shows nothing of what is in them. */
export function AccountTable() {
  const t = useT();
  const [state, setState] = useState<WireAccountState | null>(null);
  const [page, setPage] = useState(1);
  const { data, problem, isLoading, reload } = useAccounts(state, page);
  const [shown, setShown] = useState<WireHealthPage | null>(null);
  // The table stays while another page of it is fetched.
  useEffect(() => {
    if (data) setShown(data);
  }, [data]);
  const choose = (next: WireAccountState | null): void => {
    setState(next);
    setPage(1);
  };
  return (
    <Card title={t('Accounts')}>
      <Flex vertical gap="middle">
        <Typography.Text type="secondary">
          {t('You see how the mailboxes are doing. What is in them only their owners can see.')}
        </Typography.Text>
        <Flex wrap gap="small">
          <StateFilter state={state} states={shown?.states ?? null} onChoose={choose} />
          <Button icon={<ReloadOutlined aria-hidden />} onClick={() => void reload()}>
            {t('Refresh')}
          </Button>
        </Flex>
        {problem && <Alert type="warning" showIcon message={sentenceOf(problem, t)} />}
        {!shown && !problem && <Skeleton active title={false} paragraph={{ rows: 6 }} />}
        {shown && (
          <Accounts
            shown={shown}
            isLoading={isLoading}
            none={t(state === null ? NOBODY : NONE)}
            page={page}
            onPage={setPage}
          />
        )}
      </Flex>
    </Card>
  );
}

interface AccountsProps {
  readonly shown: WireHealthPage;
  readonly isLoading: boolean;
  /** What is said where there are none. */
  readonly none: string;
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function Accounts({ shown, isLoading, none, page, onPage }: AccountsProps) {
  const t = useT();
  return (
    <Table<WireHealth>
      size="small"
      rowKey="id"
      loading={isLoading}
      dataSource={shown.accounts}
      columns={useColumns(t)}
      scroll={{ x: 'max-content' }}
      // Of another choice that is still being fetched nothing is known yet.
      locale={{ emptyText: isLoading ? <></> : none }}
      pagination={{
        current: page,
        pageSize: PAGE_SIZE,
        total: shown.total,
        hideOnSinglePage: true,
        showSizeChanger: false,
        onChange: onPage,
      }}
      data-testid="health-table"
    />
  );
}

function useAccounts(state: WireAccountState | null, page: number) {
  const api = useMailApi();
  const loaded = useLoaded(useCallback(() => api.healthList(state, page, PAGE_SIZE), [api, state, page]));
  const { reload } = loaded;
  // What happens in the mailboxes of others is not pushed to an administrator.
  useEffect(() => {
    const timer = setInterval(() => void (document.hidden || reload()), REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return loaded;
}

interface StateFilterProps {
  readonly state: WireAccountState | null;
  /** Null as long as nothing is known. */
  readonly states: WireHealthPage['states'] | null;
  readonly onChoose: (state: WireAccountState | null) => void;
}

function StateFilter({ state, states, onChoose }: StateFilterProps) {
  const t = useT();
  return (
    <Select
      aria-label={t('State')}
      value={state ?? ''}
      options={stateOptions(states, t)}
      onChange={(value) => onChoose(value === '' ? null : (value as WireAccountState))}
      style={{ width: 280, maxWidth: '100%' }}
      data-testid="state-filter"
    />
  );
}

function useColumns(t: Translate): TableColumnsType<WireHealth> {
  const now = useNow();
  const moment = (at: number | null, none: string) => <Moment at={at} now={now} none={none} />;
  return [
    { key: 'address', title: t('Mailbox'), render: (_, account) => <Owned account={account} /> },
    { key: 'state', title: t('State'), render: (_, account) => <State account={account} /> },
    {
      key: 'since',
      title: t('Not working since'),
      render: (_, { failingSince }) => moment(behind(failingSince, now), '–'),
    },
    {
      key: 'pass',
      title: t('All folders looked at'),
      render: (_, { lastPassAt }) => moment(behind(lastPassAt, now), t('not yet')),
    },
    { key: 'next', title: t('Next look'), render: (_, { nextAttemptAt }) => moment(nextAttemptAt, '–') },
    { key: 'mails', title: t('Mails'), render: (_, account) => <Mails account={account} /> },
    { key: 'node', title: t('Node'), render: (_, { node }) => node ?? '–' },
  ];
}

/** Whose it is, below the address: one column less to look along. */
function Owned({ account: { address, owner } }: { account: WireHealth }) {
  return (
    <div style={{ maxWidth: 260, overflowWrap: 'anywhere' }}>
      {address}
      <Typography.Text type="secondary" style={{ display: 'block' }}>
        {`${owner.name ?? '?'} (${owner.id})`}
      </Typography.Text>
    </div>
  );
}

/** How many there are, and what is on its way, if anything. */
function Mails({ account }: { account: WireHealth }) {
  const t = useT();
  return (
    <>
      {account.messageCount.toLocaleString()}
      {wordsOnTheWay(account, t).map((text) => (
        <Typography.Text key={text} type="secondary" style={{ display: 'block' }}>
          {text}
        </Typography.Text>
      ))}
    </>
  );
}

function State({ account }: { account: WireHealth }) {
  const t = useT();
  const { token } = theme.useToken();
  const { state, error } = account;
  // The filter goes by states, and such a mailbox is in none of its own.
  const [status, name] = isPartly(account) ? PARTLY : [STATE_LOOKS[state][0], STATE_NAMES[state]];
  const text = error ? t(error.code, error.params) : '';
  // It says what to press, which an administrator cannot.
  const isForOwner = state === 'needs-reconnect';
  return (
    <div style={{ maxWidth: 320, whiteSpace: 'normal' }}>
      <Badge status={status} text={t(name)} />
      {error && (
        <div style={{ color: token.colorErrorText }}>
          {isForOwner ? t('The owner reads: “{{text}}”', { text }) : text}
        </div>
      )}
    </div>
  );
}

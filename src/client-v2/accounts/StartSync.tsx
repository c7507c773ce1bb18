import { App, Button, Radio, Space, Typography } from 'antd';
import { useState } from 'react';
import type { WireAccount } from '../../shared/wire';
import { textKey } from '../../shared/text-key';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { useAttempt } from './use-attempt';

const DAY_MS = 86_400_000;
const CHOICES: readonly (readonly [string, number | null])[] = [
  [textKey('One week'), 7],
  [textKey('One month'), 30],
  [textKey('Three months'), 91],
  [textKey('One year'), 365],
  [textKey('Everything'), null],
];

/** The question after the consent: from when on to synchronise. */
export function StartSync({ account, onStarted }: { account: WireAccount; onStarted: () => void }) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [days, setDays] = useState<number | null>(91);
  const [isStarting, setStarting] = useState(false);
  const attempt = useAttempt(onStarted);
  const start = async (): Promise<void> => {
    setStarting(true);
    try {
      await api.startSync(account.id, days === null ? null : Date.now() - days * DAY_MS);
      onStarted();
    } catch (error) {
      message.error(sentenceOf(error, t));
    } finally {
      setStarting(false);
    }
  };
  return (
    <Space direction="vertical" size="middle" data-testid="start-sync">
      <Typography.Title level={4} style={{ margin: 0 }}>
        {t('{{address}} is connected', { address: account.address })}
      </Typography.Title>
      <Typography.Text type="secondary">
        {t('How far back shall mail be copied? Newer mail always comes.')}
      </Typography.Text>
      <Radio.Group
        value={days}
        onChange={(event) => setDays(event.target.value as number | null)}
        optionType="button"
        buttonStyle="solid"
      >
        {CHOICES.map(([label, value]) => (
          <Radio.Button key={label} value={value}>
            {t(label)}
          </Radio.Button>
        ))}
      </Radio.Group>
      <Space wrap>
        <Button type="primary" size="large" loading={isStarting} onClick={() => void start()}>
          {t('Start synchronising')}
        </Button>
        <Button type="text" size="large" onClick={() => void attempt(() => api.unlink(account.id))}>
          {t('Do not use this mailbox')}
        </Button>
      </Space>
    </Space>
  );
}

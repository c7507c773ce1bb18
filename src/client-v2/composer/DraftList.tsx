import { useApp } from '@nocobase/client-v2';
import { Button, Empty, List, Typography } from 'antd';
import type { WireDraftLine } from '../../shared/wire';
import { shortTime } from '../format';
import { useT } from '../locale';

/** Drafts written here that have not been sent. */
export function DraftList({
  drafts,
  onOpen,
}: {
  drafts: readonly WireDraftLine[];
  onOpen: (id: number) => Promise<void>;
}) {
  const t = useT();
  const { i18n } = useApp();
  return (
    <List
      style={{ height: '100%', overflow: 'auto' }}
      dataSource={[...drafts]}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('No unsent drafts.')} /> }}
      renderItem={(draft) => (
        <List.Item
          style={{ padding: '8px 12px' }}
          extra={<Typography.Text type="secondary">{shortTime(draft.updatedAt, i18n.language)}</Typography.Text>}
        >
          <Button
            type="text"
            style={{
              padding: 0,
              height: 'auto',
              textAlign: 'start',
              minWidth: 0,
              flex: 1,
              justifyContent: 'flex-start',
            }}
            onClick={() => void onOpen(draft.id)}
          >
            <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
              {draft.to.map(({ name, address }) => name || address).join(', ') || t('(no recipient)')} —{' '}
              {draft.subject || t('(no subject)')}
            </span>
          </Button>
        </List.Item>
      )}
    />
  );
}

import { PaperClipOutlined } from '@ant-design/icons';
import { Flex, Progress, Tag } from 'antd';
import { fileSize } from '../format';
import { useT } from '../locale';
import type { DraftState } from './draft-state';

export interface UploadListProps extends Pick<DraftState, 'uploads' | 'pending'> {
  readonly onRemove: (id: number) => void;
}

/** Files attached to a draft, and those on their way with how far they have come. */
export function UploadList({ uploads, pending, onRemove }: UploadListProps) {
  const t = useT();
  if (uploads.length + pending.length === 0) return null;
  return (
    <Flex
      wrap
      gap={4}
      style={{ padding: '8px 0', maxHeight: 96, overflow: 'auto' }}
      aria-label={t('Attachments')}
      data-testid="uploads"
    >
      {uploads.map(({ id, filename, sizeBytes }) => (
        <Tag key={id} icon={<PaperClipOutlined aria-hidden />} closable onClose={() => onRemove(id)}>
          {filename} · {fileSize(sizeBytes)}
        </Tag>
      ))}
      {pending.map(({ key, filename, sizeBytes, share }) => (
        <Tag key={`pending-${key}`} icon={<PaperClipOutlined aria-hidden />} data-testid="uploading">
          {filename} · {fileSize(sizeBytes)}{' '}
          <Progress
            percent={Math.round(share * 100)}
            size={[60, 4]}
            showInfo={false}
            aria-label={t('Uploading {{name}}', { name: filename })}
            style={{ display: 'inline-block', width: 60, margin: 0 }}
          />
        </Tag>
      ))}
    </Flex>
  );
}

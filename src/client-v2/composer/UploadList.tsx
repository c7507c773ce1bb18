import { PaperClipOutlined } from '@ant-design/icons';
import { Flex, Tag } from 'antd';
import type { WireUpload } from '../../shared/wire';
import { fileSize } from '../format';
import { useT } from '../locale';

/** Files attached to a draft. */
export function UploadList({ uploads, onRemove }: { uploads: readonly WireUpload[]; onRemove: (id: number) => void }) {
  const t = useT();
  if (uploads.length === 0) return null;
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
    </Flex>
  );
}

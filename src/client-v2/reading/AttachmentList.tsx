import { DownloadOutlined, PaperClipOutlined } from '@ant-design/icons';
import { App, Button, Flex, Tooltip } from 'antd';
import { saveAs } from 'file-saver';
import { useState } from 'react';
import type { WireAttachment } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { fileSize } from '../format';
import { useT } from '../locale';

/** Files of a message. Each is fetched from the mailbox when it is asked for, and only ever saved. */
export function AttachmentList({ attachments }: { attachments: readonly WireAttachment[] }) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [loading, setLoading] = useState<number | null>(null);
  if (attachments.length === 0) return null;
  const download = async ({ id, filename }: WireAttachment): Promise<void> => {
    setLoading(id);
    try {
      saveAs(await api.attachment(id), filename);
    } catch (error) {
      message.error(sentenceOf(error, t));
    } finally {
      setLoading(null);
    }
  };
  return (
    <Flex wrap gap={8} style={{ marginTop: 12 }} role="list" aria-label={t('Attachments')}>
      {attachments.map((file) => (
        <div role="listitem" key={file.id}>
          <Tooltip title={file.contentType}>
            <Button
              icon={<PaperClipOutlined aria-hidden />}
              loading={loading === file.id}
              onClick={() => void download(file)}
            >
              <span style={{ maxWidth: 220, overflow: 'hidden', textOverflow: 'ellipsis' }}>{file.filename}</span>
              <span style={{ opacity: 0.65 }}>{fileSize(file.sizeBytes)}</span>
              <DownloadOutlined />
            </Button>
          </Tooltip>
        </div>
      ))}
    </Flex>
  );
}

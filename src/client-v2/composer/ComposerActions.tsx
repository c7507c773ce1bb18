import { DeleteOutlined, PaperClipOutlined, SendOutlined } from '@ant-design/icons';
import { Button, Flex, Popconfirm, Upload } from 'antd';
import { useT } from '../locale';

export interface ComposerActionsProps {
  readonly isSending: boolean;
  readonly onSend: () => void;
  readonly onAttach: (file: File) => Promise<unknown>;
  readonly onDiscard: () => void;
}

export function ComposerActions({ isSending, onSend, onAttach, onDiscard }: ComposerActionsProps) {
  const t = useT();
  return (
    <Flex gap={8} align="center" style={{ padding: 12 }}>
      <Button
        type="primary"
        icon={<SendOutlined aria-hidden />}
        loading={isSending}
        onClick={onSend}
        data-testid="send"
      >
        {t('Send')}
      </Button>
      <Upload
        multiple
        showUploadList={false}
        beforeUpload={(file) => {
          void onAttach(file);
          return false;
        }}
      >
        <Button icon={<PaperClipOutlined aria-hidden />}>{t('Attach')}</Button>
      </Upload>
      <span style={{ flex: 1 }} />
      <Popconfirm title={t('Discard this draft?')} okText={t('Discard')} cancelText={t('Cancel')} onConfirm={onDiscard}>
        <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('Discard')} />
      </Popconfirm>
    </Flex>
  );
}

import { Alert, Button, Skeleton, theme, Typography } from 'antd';
import React, { useCallback } from 'react';
import type { WireBody, WireMessage } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { useLoaded } from '../api/use-loaded';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { AttachmentList } from './AttachmentList';
import { HtmlFrame } from './HtmlFrame';
import { PlainText } from './PlainText';
import { useInlineImages } from './use-inline-images';

interface MessageBodyProps {
  readonly message: WireMessage;
  readonly actions: React.ReactNode;
}

/** A message far back in a long conversation: its body is fetched when it is opened. */
export function OlderMessage({ message, actions }: MessageBodyProps) {
  const t = useT();
  const api = useMailApi();
  const { data, problem, reload } = useLoaded(useCallback(() => api.message(message.id), [api, message.id]));
  if (data?.body) return <MessageBody message={message} body={data.body} actions={actions} />;
  if (!problem) return <Skeleton active paragraph={{ rows: 3 }} title={false} style={{ marginTop: 12 }} />;
  return (
    <Alert
      type="warning"
      showIcon
      message={sentenceOf(problem, t)}
      action={
        <Button size="small" onClick={() => void reload()}>
          {t('Try again')}
        </Button>
      }
      style={{ marginTop: 12 }}
    />
  );
}

/** The head of a mail is listed before its text is read; the page follows by itself when it is there. */
export function BeingFetched() {
  const t = useT();
  return (
    <div role="status" style={{ marginTop: 12 }}>
      <Typography.Text type="secondary">{t('The text of this mail is being fetched …')}</Typography.Text>
      <Skeleton active paragraph={{ rows: 2 }} title={false} style={{ marginTop: 8 }} />
    </div>
  );
}

/** Text, files and answers of an open message. */
export function MessageBody({ message, body, actions }: MessageBodyProps & { readonly body: WireBody }) {
  const t = useT();
  const { token } = theme.useToken();
  const html = body.html ?? '';
  const inlineImages = useInlineImages(html, message.attachments);
  const files = message.attachments.filter((file) => !file.isInline || !html.includes(file.contentId ?? '\u0000'));
  return (
    <div style={{ marginTop: token.marginSM }}>
      {message.error && (
        <Alert
          type="warning"
          showIcon
          message={t(message.error.code, message.error.params)}
          style={{ marginBottom: 8 }}
        />
      )}
      {html ? (
        <HtmlFrame
          title={message.subject || t('(no subject)')}
          subject={message.subject ?? ''}
          html={html}
          inlineImages={inlineImages}
          hasRemoteContent={body.hasRemoteContent}
        />
      ) : (
        <PlainText text={body.text ?? ''} subject={message.subject ?? ''} />
      )}
      <AttachmentList attachments={files} />
      <div style={{ marginTop: token.marginSM }}>{actions}</div>
    </div>
  );
}

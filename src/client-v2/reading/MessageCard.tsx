import { PaperClipOutlined } from '@ant-design/icons';
import { Alert, Avatar, Card, Flex, theme, Typography } from 'antd';
import { useApp } from '@nocobase/client-v2';
import React from 'react';
import type { WireAddress, WireMessage } from '../../shared/wire';
import { avatarHue, initials, longTime } from '../format';
import { useT, type Translate } from '../locale';
import { BeingFetched, MessageBody, OlderMessage } from './MessageBody';

export interface MessageCardProps {
  readonly message: WireMessage;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly actions: React.ReactNode;
}

/** One message of a conversation, folded to a line or open. */
export function MessageCard({ message, isOpen, onToggle, actions }: MessageCardProps) {
  const t = useT();
  const { token } = theme.useToken();
  return (
    <Card
      size="small"
      style={{ marginBottom: token.marginSM }}
      styles={{ body: { padding: token.paddingSM } }}
      data-testid="message-card"
    >
      <MessageHead message={message} isOpen={isOpen} onToggle={onToggle} />
      {isOpen && (
        // One mail that cannot be shown must not take the page with it.
        <Alert.ErrorBoundary message={t('EMAIL_MESSAGE_UNREADABLE')} description="">
          {!message.isComplete ? (
            <BeingFetched />
          ) : message.body ? (
            <MessageBody message={message} body={message.body} actions={actions} />
          ) : (
            <OlderMessage message={message} actions={actions} />
          )}
        </Alert.ErrorBoundary>
      )}
    </Card>
  );
}

function MessageHead({ message, isOpen, onToggle }: Omit<MessageCardProps, 'actions'>) {
  const t = useT();
  const { token } = theme.useToken();
  const name = message.from?.name || message.from?.address || t('Unknown sender');
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={onToggle}
      style={{
        background: 'none',
        border: 0,
        padding: 0,
        font: 'inherit',
        color: 'inherit',
        textAlign: 'start',
        display: 'flex',
        gap: token.marginSM,
        width: '100%',
        cursor: 'pointer',
        alignItems: 'center',
        boxSizing: 'border-box',
      }}
      className="email-focusable"
    >
      <Avatar
        style={{
          background: token[`${avatarHue(message.from?.address ?? '')}2`],
          color: token.colorText,
          flex: 'none',
        }}
      >
        {initials(name)}
      </Avatar>
      <HeadLines message={message} isOpen={isOpen} name={name} />
    </button>
  );
}

/** Who wrote, when, to whom; folded, the first words instead, and a clip where there are files. */
function HeadLines({ message, isOpen, name }: { message: WireMessage; isOpen: boolean; name: string }) {
  const t = useT();
  const { i18n } = useApp();
  const { token } = theme.useToken();
  const hasFiles = message.attachments.some((file) => !file.isInline);
  return (
    <div style={{ minWidth: 0, flex: 1 }}>
      <Flex justify="space-between" gap={8} align="baseline">
        <Typography.Text ellipsis title={message.from?.address}>
          <strong>{name}</strong>
          {/* The name is the sender's own choice; the address is what an answer goes to. */}
          {isOpen && message.from?.name && (
            <span style={{ color: token.colorTextSecondary }}> &lt;{message.from.address}&gt;</span>
          )}
        </Typography.Text>
        <Flex gap={8} style={{ flex: 'none' }}>
          {!isOpen && hasFiles && (
            <PaperClipOutlined style={{ color: token.colorTextSecondary }} aria-label={t('With attachment')} />
          )}
          <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }}>
            {longTime(message.sentAt, i18n.language)}
          </Typography.Text>
        </Flex>
      </Flex>
      <Typography.Text
        type="secondary"
        ellipsis={!isOpen}
        style={{ display: 'block', fontSize: token.fontSizeSM, overflowWrap: 'anywhere' }}
      >
        {isOpen ? recipients(message, t) : message.snippet}
      </Typography.Text>
    </div>
  );
}

function recipients({ to, cc, moreRecipients }: WireMessage, t: Translate): string {
  const one = ({ name, address }: WireAddress): string => (name ? `${name} <${address}>` : address);
  const show = (list: readonly WireAddress[]): string => list.map(one).join(', ');
  const more = moreRecipients > 0 ? ` · ${t('and {{count}} more', { count: moreRecipients })}` : '';
  return `${t('to')} ${show(to)}${cc.length > 0 ? ` · ${t('Cc')} ${show(cc)}` : ''}${more}`;
}

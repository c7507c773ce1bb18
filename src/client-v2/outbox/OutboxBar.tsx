import { Alert, App, Button, Space, theme, type AlertProps } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import type { WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';

export interface OutboxBarProps {
  readonly outgoing: readonly WireOutgoing[];
  readonly onReopen: (draftId: number) => Promise<void>;
  readonly onChanged: () => void;
}

/** What is on its way: undo while it still can be, and what came back with the reason and a way on. */
export function OutboxBar({ outgoing, onReopen, onChanged }: OutboxBarProps) {
  const t = useT();
  const { token } = theme.useToken();
  const api = useMailApi();
  const { message } = App.useApp();
  const attempt = async (work: () => Promise<unknown>, reopens: boolean): Promise<void> => {
    try {
      const answer = (await work()) as { draftId?: number | null } | null;
      if (reopens && answer?.draftId) await onReopen(answer.draftId);
    } catch (error) {
      message.error(sentenceOf(error, t));
    }
    onChanged();
  };
  return (
    // Above the page, not in it: nothing moves under the pointer when a mail is sent.
    <div
      aria-live="polite"
      style={{
        position: 'absolute',
        insetInlineStart: token.margin,
        bottom: token.margin,
        zIndex: 25,
        width: 'min(560px, calc(100% - 32px))',
        display: 'flex',
        flexDirection: 'column',
        gap: token.marginXS,
      }}
    >
      {outgoing.map((mail) => (
        <OutgoingLine
          key={mail.id}
          mail={mail}
          onUndo={() => void attempt(() => api.cancelSend(mail.id), true)}
          onRetry={() => void attempt(() => api.retrySend(mail.id), false)}
          onEdit={() => void attempt(() => api.dismissSend(mail.id), true)}
        />
      ))}
    </div>
  );
}

interface LineProps {
  readonly mail: WireOutgoing;
  readonly onUndo: () => void;
  readonly onRetry: () => void;
  readonly onEdit: () => void;
}

function OutgoingLine({ mail, onUndo, onRetry, onEdit }: LineProps) {
  const t = useT();
  const seconds = useSecondsUntil(mail.dueAt);
  const subject = mail.subject || t('(no subject)');
  const reason = mail.error ? t(mail.error.code, mail.error.params) : '';
  const button = (label: string, onClick: () => void, testId?: string) => (
    <Button key={label} size="small" onClick={onClick} data-testid={testId}>
      {label}
    </Button>
  );
  const takeBack = button(t('Take back'), onUndo);
  const line = (type: AlertProps['type'], message: string, action?: ReactNode, description?: string) => (
    <Toast type={type} message={message} description={description} action={action} />
  );
  switch (mail.state) {
    case 'queued':
      return line(
        'info',
        t('“{{subject}}” goes out in {{seconds}} s.', { subject, seconds }),
        button(t('Undo'), onUndo, 'undo-send'),
      );
    case 'later':
      return line(
        'warning',
        t('“{{subject}}” is tried again in {{seconds}} s.', { subject, seconds }),
        takeBack,
        reason,
      );
    case 'uncertain':
      return line(
        'warning',
        `“${subject}”`,
        mail.isLookedFor ? undefined : <Space>{[button(t('Send again'), onRetry), takeBack]}</Space>,
        reason,
      );
    case 'sent':
      return line(
        'warning',
        t('“{{subject}}” did not reach everybody.', { subject }),
        button(t('Understood'), onEdit),
        reason,
      );
    case 'rejected':
      return line('error', t('“{{subject}}” was not sent.', { subject }), button(t('Edit'), onEdit), reason);
    default:
      return line('info', t('“{{subject}}” is being sent …', { subject }));
  }
}

function Toast(props: AlertProps) {
  const { token } = theme.useToken();
  return <Alert showIcon {...props} style={{ boxShadow: token.boxShadowSecondary }} />;
}

function useSecondsUntil(time: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((time - now) / 1000));
}

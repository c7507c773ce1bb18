import { Alert, App, Button, Space, type AlertProps } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import type { WireOutgoing } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { toProblem } from '../api/problem';
import { useT } from '../locale';

export interface OutboxBarProps {
  readonly outgoing: readonly WireOutgoing[];
  readonly onReopen: (draftId: number) => Promise<void>;
  readonly onChanged: () => void;
}

/** What is on its way: undo while it still can be, and what came back with the reason and a way on. */
export function OutboxBar({ outgoing, onReopen, onChanged }: OutboxBarProps) {
  const api = useMailApi();
  const { message } = App.useApp();
  const attempt = async (work: () => Promise<unknown>, reopens: boolean): Promise<void> => {
    try {
      const answer = (await work()) as { draftId?: number | null } | null;
      if (reopens && answer?.draftId) await onReopen(answer.draftId);
    } catch (error) {
      message.error(toProblem(error).message);
    }
    onChanged();
  };
  return (
    <div aria-live="polite">
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
    <Alert banner type={type} message={message} description={description} action={action} />
  );
  switch (mail.state) {
    case 'queued':
      return line(
        'info',
        t('“{{subject}}” is sent in {{seconds}} s.', { subject, seconds }),
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

function useSecondsUntil(time: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((time - now) / 1000));
}

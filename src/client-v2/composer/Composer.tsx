import { CloseOutlined, ExpandOutlined, ShrinkOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Flex, Modal, Skeleton, theme, Typography } from 'antd';
import { lazy, Suspense, useState, type DragEvent, type KeyboardEvent } from 'react';
import type { WireAccount, WireDraft } from '../../shared/wire';
import { sentenceOf } from '../api/problem';
import { useT, type Translate } from '../locale';
import { ComposerActions } from './ComposerActions';
import { ComposerFields } from './ComposerFields';
import { UploadList } from './UploadList';
import { looksLikeAddress } from './parse-addresses';
import { useDraft, type Draft } from './use-draft';
import type { Composers } from './use-composers';

const Editor = lazy(() => import(/* webpackChunkName: "email-editor" */ './Editor'));

export interface ComposerProps {
  readonly draft: WireDraft;
  readonly accounts: readonly WireAccount[];
  readonly composers: Composers;
  readonly isLarge: boolean;
  readonly onResize: (() => void) | null;
}

/** One mail being written. Ctrl+Enter sends, Escape saves and closes; files can be dropped anywhere on it. */
export function Composer({ draft: begun, accounts, composers, isLarge, onResize }: ComposerProps) {
  const t = useT();
  const draft = useDraft(begun, composers);
  const { isSending, holder, send, close, discard } = useEnding(begun.id, draft, composers);
  // Caught on the way down: the editor has its own ideas about both keys.
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    const isSend = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (!isSend && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (isSend) void send();
    else close();
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) void draft.attach(file);
  };
  const title = draft.state.subject || t('New mail');
  return (
    <div
      role="dialog"
      aria-label={title}
      data-testid="composer"
      onKeyDownCapture={onKeyDownCapture}
      onDragOver={(event) => event.preventDefault()}
      onDrop={onDrop}
      style={{ display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }}
    >
      {holder}
      <ComposerHead title={title} isLarge={isLarge} onResize={onResize} onClose={close} draft={draft} />
      <ComposerBody begun={begun} draft={draft} accounts={accounts} />
      <ComposerActions isSending={isSending} onSend={() => void send()} onAttach={draft.attach} onDiscard={discard} />
    </div>
  );
}

/** The three ways in which a window ends: sent, closed, discarded. */
function useEnding(id: number, draft: Draft, composers: Composers) {
  const t = useT();
  const [isSending, setSending] = useState(false);
  const returnFocus = useReturnFocus();
  const end = (): void => {
    returnFocus();
    composers.close(id);
  };
  const [modal, holder] = Modal.useModal();
  const send = async (): Promise<void> => {
    // What cannot be sent is said by the server; the question would only stand before it.
    const { to, cc, bcc, subject } = draft.state;
    const all = [...to, ...cc, ...bcc];
    const canGo = all.length > 0 && all.every(({ address }) => looksLikeAddress(address));
    if (canGo && !subject.trim() && !(await askForSubject(modal, t))) return;
    setSending(true);
    const outgoing = await draft.send();
    setSending(false);
    if (!outgoing) return;
    returnFocus();
    composers.sent(outgoing);
  };
  return {
    isSending,
    holder,
    send,
    // A window whose text could not be saved stays open and says why.
    close: (): void => void draft.leave().then((isSafe) => isSafe && end()),
    discard: (): void => void draft.discard().then((isGone) => isGone && end()),
  };
}

/** A forgotten subject is asked for once; true: send it without. */
function askForSubject(modal: ReturnType<typeof Modal.useModal>[0], t: Translate): Promise<boolean> {
  return new Promise((resolve) => {
    modal.confirm({
      title: t('Send without a subject?'),
      okText: t('Send'),
      cancelText: t('Cancel'),
      onOk: () => resolve(true),
      onCancel: () => resolve(false),
    });
  });
}

/** Gives the keyboard back to the button that opened the window, as dialogs do (WAI-ARIA, dialog pattern). */
function useReturnFocus(): () => void {
  const [opener] = useState(() => document.activeElement);
  return () => {
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
}

function ComposerBody({
  begun,
  draft,
  accounts,
}: {
  begun: WireDraft;
  draft: Draft;
  accounts: readonly WireAccount[];
}) {
  const t = useT();
  const { state, edit, problem } = draft;
  return (
    <Flex vertical style={{ padding: '0 12px', flex: 1, minHeight: 0 }}>
      <ComposerFields state={state} accounts={accounts} focusesRecipients={begun.to.length === 0} onEdit={edit} />
      {problem && <Alert type="error" showIcon message={sentenceOf(problem, t)} style={{ margin: '8px 0' }} />}
      <Suspense fallback={<Skeleton active paragraph={{ rows: 4 }} style={{ padding: 8, flex: 1 }} />}>
        <Editor initialHtml={begun.html} takesFocus={begun.to.length > 0} onChange={(html) => edit({ html })} />
      </Suspense>
      {begun.hasOriginal && (
        <Checkbox checked={state.quotesOriginal} onChange={(event) => edit({ quotesOriginal: event.target.checked })}>
          {begun.kind === 'forward' ? t('Include the forwarded mail') : t('Quote the original below')}
        </Checkbox>
      )}
      <UploadList uploads={state.uploads} pending={state.pending} onRemove={(id) => void draft.detach(id)} />
    </Flex>
  );
}

interface HeadProps {
  readonly title: string;
  readonly isLarge: boolean;
  readonly onResize: (() => void) | null;
  readonly onClose: () => void;
  readonly draft: Draft;
}

function ComposerHead({ title, isLarge, onResize, onClose, draft }: HeadProps) {
  const t = useT();
  const { token } = theme.useToken();
  return (
    <Flex
      align="center"
      gap={4}
      style={{
        padding: '6px 12px',
        background: token.colorFillQuaternary,
        borderBottom: `1px solid ${token.colorSplit}`,
      }}
    >
      <Typography.Text strong ellipsis style={{ flex: 1 }}>
        {title}
      </Typography.Text>
      <Typography.Text type="secondary" style={{ fontSize: token.fontSizeSM }} aria-live="polite">
        {draft.hasChanges ? t('Saving …') : t('Saved')}
      </Typography.Text>
      {onResize && (
        <Button
          type="text"
          size="small"
          icon={isLarge ? <ShrinkOutlined /> : <ExpandOutlined />}
          aria-label={isLarge ? t('Smaller') : t('Larger')}
          onClick={onResize}
        />
      )}
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined aria-hidden />}
        aria-label={t('Save and close')}
        onClick={onClose}
      />
    </Flex>
  );
}

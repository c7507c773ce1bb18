import { PaperClipOutlined, StarFilled } from '@ant-design/icons';
import { useApp } from '@nocobase/client-v2';
import { Flex, Tag, theme, Typography } from 'antd';
import type { WireThread } from '../../shared/wire';
import { shortTime } from '../format';
import { useT, type Translate } from '../locale';
import { Marked } from './Marked';

export interface ThreadRowProps {
  readonly thread: WireThread;
  readonly isSelected: boolean;
  /** Reachable by Tab while nothing is selected. */
  readonly isFirst: boolean;
  /** Where it lies, when the list does not say. */
  readonly folderName: string | null;
  readonly onOpen: () => void;
}

/** One conversation in the list: who, how many, about what, when. */
export function ThreadRow({ thread, isSelected, isFirst, folderName, onOpen }: ThreadRowProps) {
  const t = useT();
  const { token } = theme.useToken();
  const people = useNames(thread);
  const subject = thread.subject || t('(no subject)');
  return (
    <div
      role="option"
      aria-selected={isSelected}
      aria-label={nameOf(thread, people, subject, t)}
      tabIndex={isSelected || isFirst ? 0 : -1}
      data-thread={thread.id}
      data-testid="thread-row"
      className="email-focusable"
      onClick={onOpen}
      style={{
        padding: `${token.paddingXS}px ${token.paddingSM}px`,
        cursor: 'pointer',
        borderBottom: `1px solid ${token.colorSplit}`,
        borderInlineStart: `3px solid ${thread.isUnread ? token.colorPrimary : 'transparent'}`,
        background: isSelected ? token.controlItemBgActive : undefined,
      }}
    >
      <TopLine thread={thread} people={people} />
      <SubjectLine thread={thread} subject={subject} />
      <Flex gap={6} align="center">
        <Typography.Text type="secondary" ellipsis style={{ display: 'block', flex: 1, fontSize: token.fontSizeSM }}>
          <Marked text={thread.snippet} marks={thread.marks?.snippet} />
        </Typography.Text>
        {folderName !== null && (
          <Tag bordered={false} style={{ margin: 0, maxWidth: 120, overflow: 'hidden', textOverflow: 'ellipsis' }}>
            {folderName}
          </Tag>
        )}
      </Flex>
    </div>
  );
}

/** What a screen reader says of a row: its children are not read once it has a name. */
function nameOf(thread: WireThread, people: string, subject: string, t: Translate): string {
  const { isUnread, isStarred, hasAttachments } = thread;
  const marks = [isUnread && t('Unread'), isStarred && t('Starred')];
  return [...marks, people, subject, hasAttachments && t('With attachment')].filter(Boolean).join(', ');
}

function useNames({ people, isOutgoing }: WireThread): string {
  const t = useT();
  const names = people.map(({ name, address }) => name || address).join(', ');
  if (isOutgoing) return names ? t('To: {{people}}', { people: names }) : t('(no recipient)');
  return names || t('Unknown sender');
}

const weightOf = (thread: WireThread): number => (thread.isUnread ? 600 : 400);

function TopLine({ thread, people }: { thread: WireThread; people: string }) {
  const { i18n } = useApp();
  const { token } = theme.useToken();
  const color = thread.isUnread ? token.colorText : token.colorTextSecondary;
  return (
    <Flex justify="space-between" gap={8}>
      <Typography.Text ellipsis style={{ fontWeight: weightOf(thread) }}>
        {people}
      </Typography.Text>
      <span style={{ flex: 'none', fontSize: token.fontSizeSM, fontWeight: weightOf(thread), color }}>
        {shortTime(thread.lastMessageAt, i18n.language)}
      </span>
    </Flex>
  );
}

function SubjectLine({ thread, subject }: { thread: WireThread; subject: string }) {
  const t = useT();
  const { token } = theme.useToken();
  const quiet = { color: token.colorTextSecondary, fontSize: token.fontSizeSM };
  return (
    <Flex gap={6} align="center">
      <Typography.Text ellipsis style={{ fontWeight: weightOf(thread), minWidth: 0 }}>
        <Marked text={subject} marks={thread.marks?.subject} />
      </Typography.Text>
      {thread.messageCount > 1 && <span style={quiet}>{thread.messageCount}</span>}
      <Flex gap={6} style={{ marginInlineStart: 'auto' }}>
        {thread.isStarred && <StarFilled style={{ color: token.colorWarning }} aria-label={t('Starred')} />}
        {thread.hasAttachments && <PaperClipOutlined style={quiet} aria-label={t('With attachment')} />}
      </Flex>
    </Flex>
  );
}

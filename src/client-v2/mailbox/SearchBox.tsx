import { QuestionCircleOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Flex, Input, Popover, theme, Typography, type InputRef } from 'antd';
import { useEffect, useState, type KeyboardEvent, type RefObject } from 'react';
import { textKey } from '../../shared/text-key';
import { useT } from '../locale';

export interface SearchBoxProps {
  /** What is being shown; null when it is a folder. */
  readonly query: string | null;
  readonly onSearch: (query: string | null) => void;
  readonly input: RefObject<InputRef>;
}

/** Beginnings of what can be asked for, with what they mean. */
const OPERATORS: readonly (readonly [string, string])[] = [
  ['from:', textKey('who wrote it')],
  ['to:', textKey('who got it')],
  ['subject:', textKey('words of the subject')],
  ['has:attachment', textKey('with attachment')],
  ['filename:', textKey('name of an attachment')],
  ['is:unread', textKey('not read yet')],
  ['is:read', textKey('already read')],
  ['is:starred', textKey('with a star')],
  ['in:', textKey('folder, or anywhere')],
  ['after:', textKey('sent on or after a day, as 2026-11-26')],
  ['before:', textKey('sent before a day')],
  ['label:', textKey('with a keyword')],
];

/** Searches in all mailboxes: words, "phrases" and operators; Enter asks, Escape goes back to the folder. */
export function SearchBox({ query, onSearch, input }: SearchBoxProps) {
  const t = useT();
  const [text, setText] = useState(query ?? '');
  useEffect(() => setText(query ?? ''), [query]);
  // Enter and Escape also end what an input method composes.
  const submit = ({ nativeEvent }: KeyboardEvent): void => {
    if (!nativeEvent.isComposing) onSearch(text.trim() || null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    setText('');
    onSearch(null);
  };
  const insert = (operator: string): void => {
    setText((before) => (before.trim() ? `${before.trim()} ${operator}` : operator));
    input.current?.focus();
  };
  return (
    <Flex gap={4} role="search" style={{ padding: '8px 8px 0' }}>
      <Input
        ref={input}
        value={text}
        maxLength={1_000}
        allowClear
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('Search mail')}
        aria-label={t('Search mail')}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value === '') onSearch(null);
        }}
        onPressEnter={submit}
        onKeyDown={onKeyDown}
        data-testid="search"
      />
      <Help onPick={insert} />
    </Flex>
  );
}

function Help({ onPick }: { onPick: (operator: string) => void }) {
  const t = useT();
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('What can be searched for')}
      content={<Operators onPick={onPick} />}
    >
      <Button type="text" icon={<QuestionCircleOutlined aria-hidden />} aria-label={t('What can be searched for')} />
    </Popover>
  );
}

function Operators({ onPick }: { onPick: (operator: string) => void }) {
  const t = useT();
  const { token } = theme.useToken();
  return (
    <div style={{ maxWidth: 320 }}>
      <Typography.Paragraph type="secondary" style={{ fontSize: token.fontSizeSM }}>
        {t('Words are found wherever they begin, “phrases” as they stand. A minus in front means: without.')}
      </Typography.Paragraph>
      {OPERATORS.map(([operator, meaning]) => (
        <Flex key={operator} gap={8} align="baseline">
          <Button
            type="link"
            size="small"
            style={{ flex: 'none', minWidth: 116, justifyContent: 'flex-start', paddingInline: 0 }}
            onClick={() => onPick(operator)}
          >
            {operator}
          </Button>
          <Typography.Text>{t(meaning)}</Typography.Text>
        </Flex>
      ))}
    </div>
  );
}

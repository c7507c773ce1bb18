import { LinkOutlined } from '@ant-design/icons';
import type { Editor as TiptapEditor } from '@tiptap/react';
import { Button, Input, Popover, Space, Tooltip } from 'antd';
import { useState } from 'react';
import { useT } from '../locale';
import { linkOf } from './link-of';

/** Sets, changes or removes the link of the selected text. */
export function LinkTool({ editor }: { editor: TiptapEditor }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const isActive = editor.isActive('link');
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      trigger="click"
      destroyTooltipOnHide
      content={<LinkForm editor={editor} onDone={() => setOpen(false)} />}
    >
      <Tooltip title={isOpen ? '' : t('Link')}>
        <Button
          size="small"
          type={isActive ? 'primary' : 'text'}
          aria-pressed={isActive}
          aria-label={t('Link')}
          icon={<LinkOutlined />}
          onMouseDown={(event) => event.preventDefault()}
        />
      </Tooltip>
    </Popover>
  );
}

function LinkForm({ editor, onDone }: { editor: TiptapEditor; onDone: () => void }) {
  const t = useT();
  const current = String(editor.getAttributes('link').href ?? '');
  const [text, setText] = useState(current || 'https://');
  const href = linkOf(text);
  const apply = (): void => {
    if (!href) return;
    const chain = editor.chain().focus().extendMarkRange('link');
    const hasText = !editor.state.selection.empty || current !== '';
    if (hasText) chain.setLink({ href }).run();
    else chain.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] }).run();
    onDone();
  };
  const remove = (): void => {
    editor.chain().focus().extendMarkRange('link').unsetLink().run();
    onDone();
  };
  return (
    <Space.Compact>
      <Input
        autoFocus
        aria-label={t('Address of the link')}
        value={text}
        status={href === null && text.length > 8 ? 'error' : undefined}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={apply}
        style={{ width: 260 }}
      />
      <Button type="primary" disabled={href === null} onClick={apply}>
        {t('Apply')}
      </Button>
      {current !== '' && <Button onClick={remove}>{t('Remove link')}</Button>}
    </Space.Compact>
  );
}

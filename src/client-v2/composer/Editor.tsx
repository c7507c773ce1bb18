import {
  BoldOutlined,
  ItalicOutlined,
  OrderedListOutlined,
  UnderlineOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import Link from '@tiptap/extension-link';
import Placeholder from '@tiptap/extension-placeholder';
import Underline from '@tiptap/extension-underline';
import { EditorContent, useEditor, type Editor as TiptapEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { Button, Flex, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useT } from '../locale';
import { LinkTool } from './LinkTool';

export interface EditorProps {
  readonly initialHtml: string;
  /** An answer knows its recipients: writing begins in the text. */
  readonly takesFocus: boolean;
  readonly onChange: (html: string) => void;
}

/** Rich text for writing mail. The quoted original is never loaded into it: an editor would rewrite it. */
export default function Editor({ initialHtml, takesFocus, onChange }: EditorProps) {
  const t = useT();
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ heading: { levels: [1, 2, 3] } }),
      Underline,
      Link.configure({ openOnClick: false, autolink: true, protocols: ['http', 'https', 'mailto'] }),
      Placeholder.configure({ placeholder: t('Write your mail …') }),
    ],
    content: initialHtml,
    autofocus: takesFocus ? 'start' : false,
    editorProps: { attributes: { 'aria-label': t('Text of the mail'), role: 'textbox', 'aria-multiline': 'true' } },
    onUpdate: ({ editor: changed }) => onChange(changed.isEmpty ? '' : changed.getHTML()),
  });
  return (
    <div className="email-editor" style={{ display: 'flex', flexDirection: 'column', minHeight: 0, flex: 1 }}>
      <div style={{ flex: 1, overflow: 'auto', minHeight: 120 }}>
        <EditorContent editor={editor} />
      </div>
      {editor && <Toolbar editor={editor} />}
    </div>
  );
}

function Toolbar({ editor }: { editor: TiptapEditor }) {
  const t = useT();
  const chain = () => editor.chain().focus();
  const tools: readonly (readonly [string, ReactNode, boolean, () => void])[] = [
    [t('Bold'), <BoldOutlined key="b" />, editor.isActive('bold'), () => chain().toggleBold().run()],
    [t('Italic'), <ItalicOutlined key="i" />, editor.isActive('italic'), () => chain().toggleItalic().run()],
    [
      t('Underline'),
      <UnderlineOutlined key="u" />,
      editor.isActive('underline'),
      () => chain().toggleUnderline().run(),
    ],
    [
      t('Bulleted list'),
      <UnorderedListOutlined key="ul" />,
      editor.isActive('bulletList'),
      () => chain().toggleBulletList().run(),
    ],
    [
      t('Numbered list'),
      <OrderedListOutlined key="ol" />,
      editor.isActive('orderedList'),
      () => chain().toggleOrderedList().run(),
    ],
  ];
  return (
    <Flex gap={2} role="toolbar" aria-label={t('Formatting')}>
      {tools.map(([name, icon, isActive, run]) => (
        <Tooltip key={name} title={name}>
          <Button
            size="small"
            type={isActive ? 'primary' : 'text'}
            aria-pressed={isActive}
            aria-label={name}
            icon={icon}
            onMouseDown={(event) => event.preventDefault()}
            onClick={run}
          />
        </Tooltip>
      ))}
      <LinkTool editor={editor} />
    </Flex>
  );
}

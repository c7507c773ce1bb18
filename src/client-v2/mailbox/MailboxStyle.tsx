import { theme } from 'antd';

/**
 * The few rules that inline styles cannot express: focus rings and hover, from the theme's tokens. What a search marks says so three times: antd has a
 * colour of its own for `mark` in its texts, which cannot be read in the dark.
 */
export function MailboxStyle() {
  const { token } = theme.useToken();
  return (
    <style>{`.email-focusable:focus-visible{outline:2px solid ${token.colorPrimary};outline-offset:-2px;border-radius:4px}
.email-mark.email-mark.email-mark{background:${token.colorWarningBgHover};color:inherit;font-weight:600;border-radius:2px}
[data-testid="thread-row"]:hover{background:${token.controlItemBgHover}}
.email-editor .ProseMirror{outline:none;min-height:140px;padding:8px 2px;line-height:1.6}
.email-editor .ProseMirror p{margin:0 0 .6em}
.email-editor .ProseMirror p.is-editor-empty:first-child::before{content:attr(data-placeholder);color:${token.colorTextPlaceholder};float:left;height:0;pointer-events:none}
@media (prefers-reduced-motion: reduce){[data-testid="mailbox"] *{transition:none!important}}`}</style>
  );
}

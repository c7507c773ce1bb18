import { theme } from 'antd';
import { useMemo, useState } from 'react';
import { foldQuotes } from '../../shared/quoted-text';
import { linkParts } from './link-parts';
import { QuoteToggle } from './QuoteToggle';

/** Text of a mail as it was written, with links; what it only repeats is folded. */
export function PlainText({ text, subject }: { text: string; subject: string }) {
  const runs = useMemo(() => foldQuotes(text, subject), [text, subject]);
  return (
    <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', lineHeight: 1.6 }} data-testid="plain-text">
      {runs.map((run, at) => (run.isFolded ? <Quote key={at} text={run.text} /> : <Lines key={at} text={run.text} />))}
    </div>
  );
}

function Quote({ text }: { text: string }) {
  const [isShown, setShown] = useState(false);
  const { token } = theme.useToken();
  return (
    <>
      <QuoteToggle isShown={isShown} onToggle={() => setShown(!isShown)} />
      {isShown && (
        <div style={{ color: token.colorTextSecondary }}>
          <Lines text={text} />
        </div>
      )}
    </>
  );
}

function Lines({ text }: { text: string }) {
  const parts = useMemo(() => linkParts(text), [text]);
  return (
    <div>
      {parts.map((part, at) =>
        part.href ? (
          <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </div>
  );
}

import { Alert, Button, theme } from 'antd';
import { useMemo, useState } from 'react';
import { useT } from '../locale';
import { useWidth } from '../mailbox/use-width';
import { foldHtml } from './fold-html';
import { FRAME_SANDBOX, frameDocument } from './frame-document';
import { guessHeight } from './guess-height';
import { QuoteToggle } from './QuoteToggle';

const WHITE = ['#fff', '#ffffff'];

/** Each page gets a frame of its own: one that goes from page to page would make Back go through them first. */
let pages = 0;

export interface HtmlFrameProps {
  readonly title: string;
  readonly subject: string;
  readonly html: string;
  readonly inlineImages: Readonly<Record<string, string>>;
  readonly hasRemoteContent: boolean;
}

/** HTML of a mail in a frame without scripts and without our origin. Links open in a new tab that knows nothing of us. */
export function HtmlFrame({ title, subject, html, inlineImages, hasRemoteContent }: HtmlFrameProps) {
  const t = useT();
  const [showsRemoteImages, setShowsRemoteImages] = useState(false);
  const [showsQuote, setShowsQuote] = useState(false);
  const folded = useMemo(() => foldHtml(html, subject), [html, subject]);
  const shown = showsQuote ? html : (folded ?? html);
  const [box, width] = useWidth();
  const { token } = theme.useToken();
  // Mail is dark on white, as its senders expect; on a dark page that is a sheet of its own and needs a margin.
  const isSheet = !WHITE.includes(token.colorBgContainer.toLowerCase());
  const padding = isSheet ? '12px 16px' : '4px 0';
  const look = useMemo(() => ({ fontFamily: token.fontFamily, padding }), [token.fontFamily, padding]);
  const page = useMemo(
    () => ({ id: (pages += 1), document: frameDocument({ html: shown, inlineImages, showsRemoteImages, look }) }),
    [shown, inlineImages, showsRemoteImages, look],
  );
  // In steps: a window that is dragged narrower would have it guessed at every pixel.
  const inner = Math.ceil(((width || 640) - (isSheet ? 32 : 0)) / 20) * 20;
  const height = useMemo(() => guessHeight(shown, inner) + (isSheet ? 16 : 0), [shown, inner, isSheet]);
  return (
    <div ref={box}>
      {hasRemoteContent && !showsRemoteImages && (
        <Alert
          type="info"
          showIcon
          message={t('Pictures from the internet are not loaded, so the sender does not learn that you read this.')}
          action={
            <Button size="small" onClick={() => setShowsRemoteImages(true)}>
              {t('Show images')}
            </Button>
          }
          style={{ marginBottom: 8 }}
        />
      )}
      <div
        style={{ height, minHeight: 60, resize: 'vertical', overflow: 'hidden', borderRadius: 6, background: '#fff' }}
      >
        <iframe
          key={page.id}
          title={title}
          srcDoc={page.document}
          sandbox={FRAME_SANDBOX}
          referrerPolicy="no-referrer"
          style={{ width: '100%', height: '100%', border: 0, display: 'block' }}
          data-testid="mail-frame"
        />
      </div>
      {folded !== null && <QuoteToggle isShown={showsQuote} onToggle={() => setShowsQuote(!showsQuote)} />}
    </div>
  );
}

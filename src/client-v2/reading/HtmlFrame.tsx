import { Alert, Button, theme } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useT } from '../locale';
import { FRAME_SANDBOX, frameDocument } from './frame-document';
import { guessHeight } from './guess-height';

const WHITE = ['#fff', '#ffffff'];

export interface HtmlFrameProps {
  readonly title: string;
  readonly html: string;
  readonly inlineImages: Readonly<Record<string, string>>;
  readonly hasRemoteContent: boolean;
}

/** HTML of a mail in a frame without scripts and without our origin. Links open in a new tab that knows nothing of us. */
export function HtmlFrame({ title, html, inlineImages, hasRemoteContent }: HtmlFrameProps) {
  const t = useT();
  const [showsRemoteImages, setShowsRemoteImages] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { token } = theme.useToken();
  // Mail is dark on white, as its senders expect; on a dark page that is a sheet of its own and needs a margin.
  const padding = WHITE.includes(token.colorBgContainer.toLowerCase()) ? '4px 0' : '12px 16px';
  const document = useMemo(
    () => frameDocument({ html, inlineImages, showsRemoteImages, look: { fontFamily: token.fontFamily, padding } }),
    [html, inlineImages, padding, showsRemoteImages, token.fontFamily],
  );
  const height = useMemo(() => guessHeight(html, box.current?.clientWidth ?? 640), [html]);
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
          title={title}
          srcDoc={document}
          sandbox={FRAME_SANDBOX}
          referrerPolicy="no-referrer"
          style={{ width: '100%', height: '100%', border: 0, display: 'block' }}
          data-testid="mail-frame"
        />
      </div>
    </div>
  );
}

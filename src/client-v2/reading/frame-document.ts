export interface FrameOptions {
  readonly html: string;
  /** Content-ID → data: URI of the pictures that came with the mail. */
  readonly inlineImages: Readonly<Record<string, string>>;
  readonly showsRemoteImages: boolean;
  /** CSS of the page around the frame, so that a mail without a look of its own reads like it. */
  readonly look?: { readonly fontFamily: string; readonly padding: string };
}

/** Characters of data: URIs in one mail, which may name one picture a thousand times. */
const LONGEST_IMAGES = 30_000_000;

/** No scripts, no origin of ours, no forms, no top navigation; a link may open a tab of its own. */
export const FRAME_SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

/**
 * The document of the sandboxed frame. Its policy stands first in the head, before anything of the mail, so that nothing
 * in the mail can weaken it: no scripts, no connections, no forms, no frames, no fonts; pictures only from the mail
 * itself until the reader asks for more. It holds even if the HTML were not sanitized, but for `<link>` and frames: Chromium opens
 * connections for them before it asks the policy (e2e/hostile-mail.ts; docs/spec/isolation.md).
 */
export function frameDocument({ html, inlineImages, showsRemoteImages, look = LOOK }: FrameOptions): string {
  const images = showsRemoteImages ? 'data: https: http:' : 'data:';
  const policy = `default-src 'none'; img-src ${images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'`;
  let left = LONGEST_IMAGES;
  const body = html.replace(/(["'(])cid:([^"')]+)/gi, (whole, before: string, id: string) => {
    const image = inlineImages[decodeCid(id)];
    if (!image || image.length > left) return whole;
    left -= image.length;
    return before + image;
  });
  return `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${policy}"><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>${baseStyle(look)}</style></head><body>${body}</body></html>`;
}

const LOOK = { fontFamily: 'system-ui,sans-serif', padding: '12px 16px' };

function baseStyle({ fontFamily, padding }: typeof LOOK): string {
  return `html{background:#fff;color:#1f1f1f;color-scheme:light}body{margin:0;padding:${padding};font:14px/1.6 ${fontFamily};overflow-wrap:anywhere}body>:first-child{margin-top:0}img{max-width:100%;height:auto}pre{white-space:pre-wrap}table,td,th,div,section,center{max-width:100%;box-sizing:border-box}@media(max-width:600px){table,td,th,div{min-width:0!important}body [width]:not(img),body [style*=width]:not(img){width:auto!important}}`;
}

function decodeCid(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

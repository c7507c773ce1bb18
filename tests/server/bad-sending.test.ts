import type { WireOutgoing } from '../../src/shared/wire';
import { randomBytes } from 'node:crypto';
import { inMailbox } from '../support/mailbox-client';
import { openPostOffice, type PostOffice } from '../support/post-office';
import type { Caller } from '../support/app';
import { until } from '../support/until';
import { BOB, MONA } from '../support/linked';
import { shown } from '../support/shown';
import type { TestSandbox } from '../support/sandbox';

let post: PostOffice;
let sandbox: TestSandbox;
let bob: Caller;
const write = (content: object = {}) => post.write(content);
const outcomeOf = (content: object = {}) => post.outcomeOf(content);

beforeAll(async () => {
  post = await openPostOffice();
  ({ sandbox, bob } = post);
}, 120_000);

afterEach(() => sandbox.control('reset'));
afterAll(() => post?.close());

describe('sending', () => {
  it.each([
    ['a line break in a recipient', { to: [{ address: 'a@x.test\r\nBcc: e@x.test' }] }, 'EMAIL_HEADER_INVALID'],
    ['a line break in a name', { cc: [{ name: 'A\nX: y', address: 'a@x.test' }] }, 'EMAIL_HEADER_INVALID'],
    ['a line break in the subject', { subject: 'a\r\nBcc: e@x.test' }, 'EMAIL_HEADER_INVALID'],
    ['a line break in a hidden recipient', { bcc: [{ address: 'a@x.test\r\nX: y' }] }, 'EMAIL_HEADER_INVALID'],
    ['recipients that are no list', { to: 'a@x.test' }, 'EMAIL_INVALID_INPUT'],
  ])('refuses %s', async (_name, content, code) => {
    const { saved } = await write(content);
    expect([saved.status, saved.body.errors[0].code]).toEqual([400, code]);
    expect(saved.body.errors[0].message).not.toContain('EMAIL_');
  });
  it('keeps an unfinished recipient in the draft, and names it when the mail is to be sent', async () => {
    const { id, saved } = await write({ to: [{ address: 'not an address' }] });
    expect(saved.body.data.to).toEqual([{ name: '', address: 'not an address' }]);
    const { errors } = (await bob.post(`/api/emailDrafts:send?filterByTk=${id}`)).body;
    expect(errors[0]).toMatchObject({
      code: 'EMAIL_RECIPIENT_INVALID',
      message: expect.stringContaining('not an address'),
    });
  });
  it('refuses a mail without recipients', async () => {
    const { id } = await write({ to: [] });
    expect((await bob.post(`/api/emailDrafts:send?filterByTk=${id}`)).body.errors[0].code).toBe(
      'EMAIL_RECIPIENT_MISSING',
    );
  });
  it('refuses attachments over the limit and keeps nothing of them', async () => {
    const { id } = await write();
    const large = await bob.upload(
      `/api/emailDrafts:upload?filterByTk=${id}`,
      Buffer.alloc(26 * 1024 * 1024),
      'large.bin',
    );
    expect([large.status, large.body.errors[0].code]).toEqual([413, 'EMAIL_ATTACHMENTS_TOO_LARGE']);
    expect(large.body.errors[0].message).toContain('25 MB');
    expect((await bob.get(`/api/emailDrafts:get?filterByTk=${id}`)).body.data.uploads).toEqual([]);
  }, 30_000);

  it('the list of drafts names their files and leaves out their texts, which may be long', async () => {
    const { id } = await write({ subject: 'listed', html: `<p>${'long '.repeat(1_000)}</p>` });
    await bob.upload(`/api/emailDrafts:upload?filterByTk=${id}`, Buffer.from('x'), 'a.txt');
    const drafts = (await bob.get('/api/emailDrafts:list')).body.data as object[];
    const line = drafts.find((one) => (one as { id: number }).id === id);
    expect(line).toMatchObject({ subject: 'listed', uploads: [{ filename: 'a.txt' }] });
    expect(JSON.stringify(drafts)).not.toContain('long long');
  });

  it('a file name with a line break cannot write a header field', async () => {
    const { id } = await write({ subject: 'odd file name' });
    const name = 'a.txt\r\nX-Injected: yes';
    expect((await bob.upload(`/api/emailDrafts:upload?filterByTk=${id}`, Buffer.from('x'), name)).status).toBe(200);
    await bob.post(`/api/emailDrafts:send?filterByTk=${id}`);
    const wire = await until('the mail to be accepted', async () =>
      (await sandbox.control<{ raw: string }[]>('accepted')).find(({ raw }) => /^Subject: odd file name/m.test(raw)),
    );
    expect(wire.raw).not.toMatch(/^X-Injected:/m);
  }, 60_000);
  it('Q8, Q9: sends attachments of almost 25 MB byte for byte, files one copy in Sent and knows it again by our own header', async () => {
    await sandbox.control('settings', { rewriteMessageId: true });
    const { id } = await write({ subject: 'almost too large' });
    const content = randomBytes(24 * 1024 * 1024);
    expect((await bob.upload(`/api/emailDrafts:upload?filterByTk=${id}`, content, 'large.bin')).status).toBe(200);
    await bob.post(`/api/emailDrafts:send?filterByTk=${id}`);
    const wire = await until(
      'the mail to be accepted',
      async () =>
        (await sandbox.control<{ raw: string }[]>('accepted')).find(({ raw }) => /^Subject: almost too/m.test(raw)),
      60_000,
    );
    // No pattern: one that goes through 32 MB may need more stack than there is.
    const begins = wire.raw.indexOf('\r\n\r\n', wire.raw.indexOf('large.bin')) + 4;
    const base64 = wire.raw.slice(begins, wire.raw.indexOf('\r\n--', begins));
    expect(Buffer.from(base64, 'base64').equals(content)).toBe(true);
    const copies = () =>
      inMailbox(sandbox, BOB.upn, async (client) => {
        await client.mailboxOpen('Sent Items', { readOnly: true });
        const mails = await client.fetchAll('1:*', { envelope: true, headers: ['x-email-manager-id'] });
        return mails.filter((mail) => mail.envelope?.subject === 'almost too large');
      });
    // The server files its copy by itself; one of ours beside it would be the second.
    await until('the sent copy', async () => (await copies()).length > 0);
    await until('the outbox to be done', async () =>
      ((await bob.get('/api/emailOutbox:list')).body.data as WireOutgoing[]).every(
        (row) => row.subject !== 'almost too large',
      ),
    );
    const [copy, ...others] = await copies();
    expect(others).toEqual([]);
    expect(copy.headers?.toString()).toMatch(/X-Email-Manager-ID: \S+/i);
  }, 120_000);

  it('a form that is no form is refused, not stumbled over', async () => {
    const { id } = await write();
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await bob
        .post(`/api/emailDrafts:upload?filterByTk=${id}`)
        .set('Content-Type', type)
        .send('--x\r\nbad');
      expect([type, answer.status, answer.body.errors[0].code]).toEqual([type, 400, 'EMAIL_INVALID_INPUT']);
    }
  });
  it('takes names with half a character in them', async () => {
    const { saved } = await write({ to: [{ name: 'A \ud83d B', address: 'a@x.test' }] });
    expect(saved.status).toBe(200);
  });

  it('Q10: SMTP AUTH switched off for the tenant', async () => {
    await sandbox.control('fault', { where: 'smtp', match: { stage: 'auth' }, answer: 'authDisabled' });
    const outcome = await outcomeOf();
    expect(outcome).toMatchObject({ state: 'rejected', error: { code: 'EMAIL_SMTP_AUTH_DISABLED' } });
    expect(shown(outcome.error)).toContain('Authenticated SMTP');
  }, 60_000);
  it('Q11: send-as denied, and the draft comes back', async () => {
    await sandbox.control('fault', { where: 'smtp', match: { stage: 'data' }, answer: 'sendAs', times: 1 });
    const outcome = await outcomeOf();
    expect(outcome).toMatchObject({ state: 'rejected', error: { code: 'EMAIL_SEND_AS_DENIED' } });
    expect(shown(outcome.error)).toContain('“Send as”');
    expect((await bob.get(`/api/emailDrafts:get?filterByTk=${outcome.draftId}`)).body.data.subject).toBe('test mail');
  }, 60_000);
  it('recipients that the server refused are named, the others get the mail, and the note can be put away', async () => {
    await sandbox.control('fault', { where: 'smtp', match: { stage: 'rcpt', to: 'nobody@contoso.test' } });
    const before = (await sandbox.control<object[]>('accepted')).length;
    const outcome = await outcomeOf({ to: [{ address: MONA.upn }, { address: 'nobody@contoso.test' }] });
    expect(outcome).toMatchObject({
      state: 'sent',
      error: { code: 'EMAIL_SENT_TO_SOME', params: { count: 1, addresses: 'nobody@contoso.test' } },
    });
    expect((await sandbox.control<object[]>('accepted')).length).toBe(before + 1);
    await bob.post(`/api/emailOutbox:dismiss?filterByTk=${outcome.id}`);
    expect((await bob.get('/api/emailOutbox:list')).body.data).not.toContainEqual(
      expect.objectContaining({ id: outcome.id }),
    );
  }, 60_000);
});

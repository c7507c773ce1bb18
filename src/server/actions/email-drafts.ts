import { isBlankDraft } from '../../shared/is-blank-draft';
import type { WireDraft, WireDraftLine } from '../../shared/wire';
import { createDraft } from '../compose/create-draft';
import { sendDraft } from '../compose/send-draft';
import { MailError } from '../errors/mail-error';
import { assertHeaderText, parseDraftRecipients, parseRecipients } from '../mail/address';
import { cleanWrittenHtml } from '../messages/clean-html';
import type { DraftContent } from '../ports/outbox';
import type { DraftKind, DraftRow, UploadRow } from '../ports/records';
import type { Services } from '../services';
import { idOf, revisionOf, type MailAction } from './answer';
import { receiveUpload } from './receive-upload';
import { showOutgoing } from './email-outbox';

const KINDS: readonly DraftKind[] = ['new', 'reply', 'reply-all', 'forward'];
const LONGEST_SUBJECT = 998;
const LONGEST_HTML = 4_000_000;

/** Mails being written by the signed-in user. */
export function emailDrafts(services: Services): Record<string, MailAction> {
  const { accounts, drafts } = services;
  return {
    /** A window that was opened and left with nothing in it, perhaps by closing the tab, is no draft. */
    list: async ({ user }) => {
      const rows = await drafts.list(user);
      const uploads = await drafts.uploadsOf(rows.map(({ id }) => id));
      return rows
        .map((draft) => show(draft, uploads.get(draft.id) ?? []))
        .filter((draft) => !isBlankDraft(draft, draft.hasOriginal))
        .map(({ html: _text, ...line }): WireDraftLine => line);
    },
    get: async ({ user, params }) => {
      const draft = await drafts.own(user, idOf(params.filterByTk, 'filterByTk'));
      return show(draft, await drafts.uploads(draft.id));
    },
    create: async ({ user, values }) => {
      const account = await accounts.own(user, idOf(values.accountId, 'accountId'));
      const kind = KINDS.find((known) => known === (values.kind ?? 'new'));
      if (!kind) throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'kind' } });
      const source = kind === 'new' ? null : idOf(values.messageId, 'messageId');
      const draft = await createDraft({ user, account, kind, source, to: parseRecipients(values.to, 'to') }, services);
      return show(draft, await drafts.uploads(draft.id));
    },
    save: async ({ user, params, values }) => {
      const id = idOf(params.filterByTk, 'filterByTk');
      const account = await accounts.own(user, idOf(values.accountId, 'accountId'));
      const saved = await drafts.save(user, id, revisionOf(values.revision), {
        ...contentOf(values),
        accountId: account.id,
      });
      return show(saved, await drafts.uploads(id));
    },
    ...fileActions(services),
    discard: async ({ user, params }) => {
      const files = await drafts.discard(user, idOf(params.filterByTk, 'filterByTk'));
      for (const file of files) await services.files.remove(file);
      return { ok: true };
    },
    send: async ({ user, params }) => {
      const draft = await drafts.own(user, idOf(params.filterByTk, 'filterByTk'));
      const account = await accounts.own(user, draft.accountId);
      const row = await sendDraft(draft, account, { ...services, now: () => services.clock.now() });
      services.wakeups.wakeOutbox();
      services.live.changed(user, { accountId: draft.accountId, topic: 'outbox' });
      return showOutgoing(row);
    },
  };
}

/** Files of a draft: `upload` takes multipart/form-data, never base64 in JSON. */
function fileActions(services: Services): Record<string, MailAction> {
  const { drafts, files } = services;
  return {
    upload: async ({ ctx, user, params }) => {
      const draft = await drafts.own(user, idOf(params.filterByTk, 'filterByTk'));
      return showUpload(await receiveUpload(ctx, draft, services));
    },
    detach: async ({ user, params, values }) => {
      const draft = idOf(params.filterByTk, 'filterByTk');
      await files.remove(await drafts.removeUpload(user, draft, idOf(values.uploadId, 'uploadId')));
      return { ok: true };
    },
  };
}

function contentOf(values: Readonly<Record<string, unknown>>): DraftContent {
  const html = typeof values.html === 'string' ? values.html : '';
  if (html.length > LONGEST_HTML) throw new MailError('EMAIL_MESSAGE_TOO_LARGE');
  return {
    to: parseDraftRecipients(values.to, 'to'),
    cc: parseDraftRecipients(values.cc, 'cc'),
    bcc: parseDraftRecipients(values.bcc, 'bcc'),
    subject: assertHeaderText(
      typeof values.subject === 'string' ? values.subject.trim().slice(0, LONGEST_SUBJECT) : '',
      'subject',
    ),
    html: cleanWrittenHtml(html),
    quotesOriginal: values.quotesOriginal !== false,
  };
}

function show(draft: DraftRow, uploads: readonly UploadRow[]): WireDraft {
  const { id, accountId, revision, kind, subject, html } = draft;
  return {
    id,
    accountId,
    revision,
    kind,
    subject: subject ?? '',
    html: html ?? '',
    to: draft.to ?? [],
    cc: draft.cc ?? [],
    bcc: draft.bcc ?? [],
    quotesOriginal: Boolean(draft.quotesOriginal),
    hasOriginal: draft.sourceMessageId !== null,
    uploads: uploads.map(showUpload),
    updatedAt: Number((draft as { updatedAt?: Date }).updatedAt ?? 0),
  };
}

function showUpload({ id, filename, contentType, sizeBytes }: UploadRow): WireDraft['uploads'][number] {
  return { id, filename, contentType, sizeBytes };
}

import { isBlankDraft } from '../../shared/is-blank-draft';
import type { WireDraft, WireDraftContent, WireUpload } from '../../shared/wire';

/** What the writer sees of a draft, and whether the server knows it already. */
export interface DraftState extends WireDraftContent {
  readonly uploads: readonly WireUpload[];
  readonly pending: readonly PendingUpload[];
  /** Counts edits; a save that began before the last edit does not make the draft clean. */
  readonly edits: number;
  readonly savedEdits: number;
}

/** A file on its way to the server. */
export interface PendingUpload {
  readonly key: number;
  readonly filename: string;
  readonly sizeBytes: number;
  /** 0 … 1. */
  readonly share: number;
}

export type Editable = Omit<WireDraftContent, 'revision'>;

export type DraftEvent =
  | { readonly type: 'edit'; readonly change: Partial<Editable> }
  | { readonly type: 'saved'; readonly revision: number; readonly edits: number }
  | { readonly type: 'attached'; readonly upload: WireUpload }
  | { readonly type: 'detached'; readonly id: number }
  | { readonly type: 'uploading'; readonly upload: PendingUpload }
  | { readonly type: 'uploaded'; readonly key: number };

export function beginDraft(draft: WireDraft): DraftState {
  const { accountId, revision, to, cc, bcc, subject, html, quotesOriginal, uploads } = draft;
  return {
    accountId,
    revision,
    to,
    cc,
    bcc,
    subject,
    html,
    quotesOriginal,
    uploads,
    pending: [],
    edits: 0,
    savedEdits: 0,
  };
}

export function draftReducer(state: DraftState, event: DraftEvent): DraftState {
  switch (event.type) {
    case 'edit':
      return { ...state, ...event.change, edits: state.edits + 1 };
    case 'saved':
      return { ...state, revision: event.revision, savedEdits: Math.max(state.savedEdits, event.edits) };
    case 'attached':
      return { ...state, uploads: [...state.uploads, event.upload] };
    case 'uploading':
      return { ...state, pending: [...state.pending.filter(({ key }) => key !== event.upload.key), event.upload] };
    case 'uploaded':
      return { ...state, pending: state.pending.filter(({ key }) => key !== event.key) };
    case 'detached':
      return { ...state, uploads: state.uploads.filter((upload) => upload.id !== event.id) };
  }
}

/** Bytes that all files of a draft have together, those on their way included. */
export function attachedBytes({ uploads, pending }: Pick<DraftState, 'uploads' | 'pending'>): number {
  return [...uploads, ...pending].reduce((sum, file) => sum + file.sizeBytes, 0);
}

export function isDirty({ edits, savedEdits }: DraftState): boolean {
  return edits !== savedEdits;
}

/** True for a draft that nobody would miss. */
export function isBlank({ uploads, pending, ...content }: DraftState, hasOriginal: boolean): boolean {
  return isBlankDraft({ ...content, uploads: [...uploads, ...pending] }, hasOriginal);
}

import type { WireDraft, WireDraftContent, WireUpload } from '../../shared/wire';

/** What the writer sees of a draft, and whether the server knows it already. */
export interface DraftState extends WireDraftContent {
  readonly uploads: readonly WireUpload[];
  /** Counts edits; a save that began before the last edit does not make the draft clean. */
  readonly edits: number;
  readonly savedEdits: number;
}

export type Editable = Omit<WireDraftContent, 'revision'>;

export type DraftEvent =
  | { readonly type: 'edit'; readonly change: Partial<Editable> }
  | { readonly type: 'saved'; readonly revision: number; readonly edits: number }
  | { readonly type: 'attached'; readonly upload: WireUpload }
  | { readonly type: 'detached'; readonly id: number };

export function beginDraft(draft: WireDraft): DraftState {
  const { accountId, revision, to, cc, bcc, subject, html, quotesOriginal, uploads } = draft;
  return { accountId, revision, to, cc, bcc, subject, html, quotesOriginal, uploads, edits: 0, savedEdits: 0 };
}

export function draftReducer(state: DraftState, event: DraftEvent): DraftState {
  switch (event.type) {
    case 'edit':
      return { ...state, ...event.change, edits: state.edits + 1 };
    case 'saved':
      return { ...state, revision: event.revision, savedEdits: Math.max(state.savedEdits, event.edits) };
    case 'attached':
      return { ...state, uploads: [...state.uploads, event.upload] };
    case 'detached':
      return { ...state, uploads: state.uploads.filter((upload) => upload.id !== event.id) };
  }
}

export function isDirty({ edits, savedEdits }: DraftState): boolean {
  return edits !== savedEdits;
}

/** True for a draft that nobody would miss. */
export function isBlank({ to, cc, bcc, html, uploads, subject }: DraftState, hasOriginal: boolean): boolean {
  const hasNobody = to.length + cc.length + bcc.length === 0;
  return !html && uploads.length === 0 && (hasOriginal || (hasNobody && !subject));
}

import { useRef, type RefObject } from 'react';
import { MAX_ATTACHMENTS_BYTES } from '../../shared/limits';
import { useMailApi } from '../api/mail-api';
import { Problem } from '../api/problem';
import { useT } from '../locale';
import { attachedBytes, type DraftEvent, type DraftState } from './draft-state';
import type { Attempt } from './use-problem';

let lastKey = 0;

/** Files on their way: one after the other, each with its progress, and refused before they travel when they are too large. */
export function useUploads(
  draftId: number,
  latest: RefObject<DraftState>,
  attempt: Attempt,
  dispatch: (event: DraftEvent) => void,
) {
  const t = useT();
  const api = useMailApi();
  const uploading = useRef<Promise<unknown>>(Promise.resolve());
  const upload = async (file: File, key: number): Promise<void> => {
    const pending = { key, filename: file.name, sizeBytes: file.size };
    dispatch({ type: 'uploading', upload: { ...pending, share: 0 } });
    try {
      const onProgress = (share: number): void => dispatch({ type: 'uploading', upload: { ...pending, share } });
      dispatch({ type: 'attached', upload: await api.upload(draftId, file, onProgress) });
    } finally {
      dispatch({ type: 'uploaded', key });
    }
  };
  return {
    settled: () => uploading.current,
    attach: (file: File) => {
      const limitMb = MAX_ATTACHMENTS_BYTES / 1024 / 1024;
      // One after the other: the server counts what is there before it takes the next.
      const turn = uploading.current.then(() =>
        attempt(async () => {
          const total = attachedBytes(latest.current ?? { uploads: [], pending: [] }) + file.size;
          if (total > MAX_ATTACHMENTS_BYTES)
            throw new Problem('EMAIL_ATTACHMENTS_TOO_LARGE', t('EMAIL_ATTACHMENTS_TOO_LARGE', { limitMb }));
          await upload(file, (lastKey += 1));
        }),
      );
      uploading.current = turn;
      return turn;
    },
    detach: (id: number) => attempt(() => api.detach(draftId, id).then(() => dispatch({ type: 'detached', id }))),
  };
}

import { useEffect, useMemo, useState } from 'react';
import type { WireAttachment } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';

const LARGEST_BYTES = 5 * 1024 * 1024;
const SHOWN = /^image\/(png|jpe?g|gif|webp)$/i;

/** Pictures that came with the mail and are used in its text, as data: URIs. Never SVG: it can act. */
export function useInlineImages(
  html: string,
  attachments: readonly WireAttachment[],
): Readonly<Record<string, string>> {
  const api = useMailApi();
  const [images, setImages] = useState<Record<string, string>>({});
  const used = attachments.filter(
    ({ contentId, contentType, sizeBytes }) =>
      contentId && SHOWN.test(contentType) && sizeBytes <= LARGEST_BYTES && html.includes(contentId),
  );
  // Every change in the mailbox brings new objects with the same ids, and these pictures come from the mail server.
  const wanted = JSON.stringify(used.map(({ id, contentId }) => [id, contentId]));
  const list = useMemo(() => JSON.parse(wanted) as [number, string][], [wanted]);
  useEffect(() => {
    let isCurrent = true;
    for (const [id, contentId] of list) {
      api
        .attachment(id)
        .then(dataUri)
        .then((uri) => isCurrent && setImages((before) => ({ ...before, [contentId]: uri })))
        .catch(() => undefined); // A missing picture leaves its gap; the mail stays readable.
    }
    return () => {
      isCurrent = false;
    };
  }, [api, list]);
  return images;
}

function dataUri(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(blob);
  });
}

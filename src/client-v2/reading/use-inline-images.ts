import { useEffect, useState } from 'react';
import type { WireMessage } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';

const LARGEST_BYTES = 5 * 1024 * 1024;
const SHOWN = /^image\/(png|jpe?g|gif|webp)$/i;

/** Pictures that came with the mail and are used in its text, as data: URIs. Never SVG: it can act. */
export function useInlineImages(message: WireMessage): Readonly<Record<string, string>> {
  const api = useMailApi();
  const [images, setImages] = useState<Record<string, string>>({});
  useEffect(() => {
    let isCurrent = true;
    const html = message.html ?? '';
    const used = message.attachments.filter(
      ({ contentId, contentType, sizeBytes }) =>
        contentId && SHOWN.test(contentType) && sizeBytes <= LARGEST_BYTES && html.includes(contentId),
    );
    for (const { id, contentId } of used) {
      api
        .attachment(id)
        .then(dataUri)
        .then((uri) => isCurrent && setImages((before) => ({ ...before, [contentId ?? '']: uri })))
        .catch(() => undefined); // A missing picture leaves its gap; the mail stays readable.
    }
    return () => {
      isCurrent = false;
    };
  }, [api, message]);
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

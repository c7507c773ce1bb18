import type { Translate } from './locale';

/** For `closable` of drawers and dialogs: antd names their close button in English, whatever the language. */
export const closeButton = (t: Translate) => ({ 'aria-label': t('Close') });

import { useApp } from '@nocobase/client-v2';
import { tExpr as hostExpression } from '@nocobase/flow-engine';
import { useCallback } from 'react';
import { PKG } from '../shared/constants';

export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** Texts of this plugin in the user's language. Keys are the English texts, error codes are keys too. */
export function useT(): Translate {
  const app = useApp();
  return useCallback(
    (key, params) => app.i18n.t(key, { ns: PKG, interpolation: { escapeValue: false }, ...params }),
    [app],
  );
}

/** A text that the host translates later, for labels of models. */
export function tExpr(key: string): string {
  return hostExpression(key, { ns: [PKG, 'client'] });
}

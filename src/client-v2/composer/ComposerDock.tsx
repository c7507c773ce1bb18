import { theme } from 'antd';
import { useState } from 'react';
import type { WireAccount } from '../../shared/wire';
import { useWidth } from '../mailbox/use-width';
import { Composer } from './Composer';
import type { Composers } from './use-composers';

const NARROW_PX = 640;

/** The windows in which mails are written, docked at the lower edge; full size where there is no room. */
export function ComposerDock({ composers, accounts }: { composers: Composers; accounts: readonly WireAccount[] }) {
  const { token } = theme.useToken();
  const [box, width] = useWidth();
  const [large, setLarge] = useState<number | null>(null);
  const isNarrow = width < NARROW_PX;
  const shown = isNarrow ? composers.open.slice(-1) : composers.open;
  return (
    <div
      ref={box}
      style={{
        position: 'absolute',
        inset: 0,
        pointerEvents: 'none',
        zIndex: 20,
        display: 'flex',
        justifyContent: 'flex-end',
        alignItems: 'flex-end',
        gap: token.marginSM,
        padding: isNarrow ? 0 : `0 ${token.padding}px`,
      }}
    >
      {shown.map((draft) => (
        <section
          key={`${draft.id}:${draft.revision}`}
          style={{
            pointerEvents: 'auto',
            width: isNarrow ? '100%' : large === draft.id ? 'min(900px, 100%)' : 520,
            height: isNarrow ? '100%' : large === draft.id ? '92%' : 'min(560px, 92%)',
            background: token.colorBgElevated,
            border: `1px solid ${token.colorBorderSecondary}`,
            borderRadius: isNarrow ? 0 : `${token.borderRadiusLG}px ${token.borderRadiusLG}px 0 0`,
            boxShadow: token.boxShadow,
            display: 'flex',
            flexDirection: 'column',
            minWidth: 0,
          }}
        >
          <Composer
            draft={draft}
            accounts={accounts}
            composers={composers}
            isLarge={large === draft.id}
            onResize={isNarrow ? null : () => setLarge(large === draft.id ? null : draft.id)}
          />
        </section>
      ))}
    </div>
  );
}

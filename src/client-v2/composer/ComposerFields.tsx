import { Button, Flex, Input, Select, theme } from 'antd';
import { useState, type ReactNode } from 'react';
import type { WireAccount } from '../../shared/wire';
import { useT } from '../locale';
import { AddressInput } from './AddressInput';
import type { DraftState, Editable } from './draft-state';

export interface ComposerFieldsProps {
  readonly state: DraftState;
  readonly accounts: readonly WireAccount[];
  readonly focusesRecipients: boolean;
  readonly onEdit: (change: Partial<Editable>) => void;
}

/** From, To, Cc, Bcc and Subject. */
export function ComposerFields({ state, accounts, focusesRecipients, onEdit }: ComposerFieldsProps) {
  const t = useT();
  const [isAsked, setAsked] = useState(false);
  const showsCopies = isAsked || state.cc.length + state.bcc.length > 0;
  const more = !showsCopies && (
    <Button type="text" size="small" onClick={() => setAsked(true)}>
      {t('Cc Bcc')}
    </Button>
  );
  return (
    <>
      {accounts.length > 1 && <SenderRow accountId={state.accountId} accounts={accounts} onEdit={onEdit} />}
      <Row label={t('To')} extra={more}>
        <AddressInput
          label={t('To')}
          value={state.to}
          onChange={(to) => onEdit({ to })}
          autoFocus={focusesRecipients}
        />
      </Row>
      {showsCopies && (
        <>
          <Row label={t('Cc')}>
            <AddressInput label={t('Cc')} value={state.cc} onChange={(cc) => onEdit({ cc })} autoFocus={isAsked} />
          </Row>
          <Row label={t('Bcc')}>
            <AddressInput label={t('Bcc')} value={state.bcc} onChange={(bcc) => onEdit({ bcc })} />
          </Row>
        </>
      )}
      <Row label={t('Subject')}>
        <Input
          variant="borderless"
          aria-label={t('Subject')}
          maxLength={998}
          value={state.subject}
          onChange={(event) => onEdit({ subject: event.target.value })}
        />
      </Row>
    </>
  );
}

function SenderRow({
  accountId,
  accounts,
  onEdit,
}: Pick<ComposerFieldsProps, 'accounts' | 'onEdit'> & { accountId: number }) {
  const t = useT();
  return (
    <Row label={t('From')}>
      <Select
        variant="borderless"
        aria-label={t('From')}
        style={{ width: '100%' }}
        value={accountId}
        options={accounts.map(({ id, address }) => ({ value: id, label: address }))}
        onChange={(chosen: number) => onEdit({ accountId: chosen })}
      />
    </Row>
  );
}

function Row({ label, extra, children }: { label: string; extra?: ReactNode; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Flex align="center" style={{ borderBottom: `1px solid ${token.colorSplit}` }}>
      <span aria-hidden style={{ width: 64, flex: 'none', color: token.colorTextSecondary }}>
        {label}
      </span>
      <div style={{ flex: 1, minWidth: 0 }}>{children}</div>
      {extra}
    </Flex>
  );
}

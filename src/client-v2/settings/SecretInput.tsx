import { EnvVariableInput } from '@nocobase/client-v2';
import { Input } from 'antd';
import { useEffect, useRef } from 'react';
import { useT } from '../locale';

export interface SecretInputProps {
  readonly value?: string;
  readonly onChange?: (value: string) => void;
  readonly id?: string;
  /** How the stored secret ends, or the variable it comes from; null when there is none yet. */
  readonly storedHint: string | null;
}

/** Write-only input for a secret; takes `{{$env.X}}` too, with the host's picker where the host has one. */
export function SecretInput({ value, onChange, id, storedHint }: SecretInputProps) {
  const t = useT();
  const placeholder = storedHint
    ? t('Stored ({{hint}}). Leave blank to keep it.', { hint: storedHint })
    : t('The Value from Entra');
  const box = useRef<HTMLDivElement>(null);
  // The host's input takes no label of its own, and changes what it is made of while one types.
  useEffect(() => {
    for (const field of box.current?.querySelectorAll('input, [contenteditable]') ?? [])
      field.setAttribute('aria-label', t('Client secret'));
  });
  if (EnvVariableInput) {
    return (
      <div ref={box} data-testid="client-secret">
        <EnvVariableInput
          id={id}
          value={value ?? ''}
          onChange={(next: unknown) => onChange?.(valueOf(next))}
          password
          placeholder={placeholder}
        />
      </div>
    );
  }
  return (
    <Input.Password
      id={id}
      autoComplete="new-password"
      value={value}
      placeholder={placeholder}
      onChange={(event) => onChange?.(event.target.value)}
    />
  );
}

function valueOf(next: unknown): string {
  if (typeof next === 'string') return next;
  const target = (next as { target?: { value?: string } } | null)?.target;
  return target?.value ?? '';
}

import { Select, Tag } from 'antd';
import type { WireAddress } from '../../shared/wire';
import { formatAddress, looksLikeAddress, parseAddresses } from './parse-addresses';

export interface AddressInputProps {
  readonly label: string;
  readonly value: readonly WireAddress[];
  readonly onChange: (value: WireAddress[]) => void;
  readonly autoFocus?: boolean;
}

/** Recipients as tags; typed or pasted, finished by comma, semicolon, Enter or leaving the field. Bad ones turn red. */
export function AddressInput({ label, value, onChange, autoFocus }: AddressInputProps) {
  return (
    <Select
      mode="tags"
      open={false}
      suffixIcon={null}
      variant="borderless"
      aria-label={label}
      autoFocus={autoFocus}
      style={{ width: '100%' }}
      value={value.map(formatAddress)}
      tokenSeparators={[',', ';', '\n']}
      onChange={(texts: string[]) => onChange(texts.flatMap(parseAddresses))}
      onBlur={(event) => {
        const typed = (event.target as HTMLInputElement).value?.trim();
        if (typed) onChange([...value, ...parseAddresses(typed)]);
      }}
      tagRender={({ label: text, closable, onClose }) => {
        const [parsed] = parseAddresses(String(text));
        return (
          <Tag
            closable={closable}
            onClose={onClose}
            color={parsed && looksLikeAddress(parsed.address) ? undefined : 'error'}
            style={{ marginInlineEnd: 4 }}
          >
            {text}
          </Tag>
        );
      }}
    />
  );
}

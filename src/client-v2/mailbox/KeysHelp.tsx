import { Flex, Modal, Typography } from 'antd';
import { textKey } from '../../shared/text-key';
import { closeButton } from '../close-button';
import { useT } from '../locale';

/** Keys and what they do, in the order in which people need them. */
const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['j', '↓'], textKey('next conversation')],
  [['k', '↑'], textKey('previous conversation')],
  [['Enter'], textKey('open it')],
  [['u', 'Esc'], textKey('back to the list')],
  [['c'], textKey('write a new mail')],
  [['r'], textKey('reply')],
  [['a'], textKey('reply to all')],
  [['f'], textKey('forward')],
  [['e'], textKey('archive')],
  [['#', 'Delete'], textKey('delete')],
  [['z'], textKey('take back the last move')],
  [['s'], textKey('star or no star')],
  [['Shift+U'], textKey('mark as unread')],
  [['/'], textKey('search')],
  [['?'], textKey('this list')],
];

/** What can be done without the mouse. */
export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useT();
  return (
    <Modal
      open={isOpen}
      onCancel={onClose}
      closable={closeButton(t)}
      footer={null}
      width={420}
      title={t('Keys in the mailbox')}
      data-testid="keys-help"
      destroyOnClose
    >
      <dl style={{ margin: 0 }}>
        {KEYS.map(([keys, meaning]) => (
          <Flex key={meaning} gap="small" align="baseline" style={{ padding: '4px 0' }}>
            <dt style={{ minWidth: 120 }}>
              {keys.map((key) => (
                <Typography.Text key={key} keyboard>
                  {key}
                </Typography.Text>
              ))}
            </dt>
            <dd style={{ margin: 0 }}>{t(meaning)}</dd>
          </Flex>
        ))}
      </dl>
    </Modal>
  );
}

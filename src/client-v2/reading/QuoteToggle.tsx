import { EllipsisOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useT } from '../locale';

/** Shows and hides what a mail quotes. */
export function QuoteToggle({ isShown, onToggle }: { isShown: boolean; onToggle: () => void }) {
  const t = useT();
  return (
    <div style={{ margin: '4px 0' }}>
      <Button
        size="small"
        icon={<EllipsisOutlined aria-hidden />}
        aria-expanded={isShown}
        onClick={onToggle}
        data-testid="quote-toggle"
      >
        {isShown ? t('Hide quoted text') : t('Show quoted text')}
      </Button>
    </div>
  );
}

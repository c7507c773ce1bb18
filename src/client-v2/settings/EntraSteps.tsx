import { Card, Steps, Typography } from 'antd';
import { textKey } from '../../shared/text-key';
import { useT } from '../locale';

const STEPS: readonly (readonly [string, string])[] = [
  [
    textKey('Register an app'),
    textKey(
      'Open entra.microsoft.com → Identity → Applications → App registrations → New registration. Under “Supported account types” choose who may connect a mailbox.',
    ),
  ],
  [
    textKey('Add the redirect URI'),
    textKey('Authentication → Add a platform → Web → paste the redirect URI from this page, letter by letter.'),
  ],
  [
    textKey('Add the permissions'),
    textKey(
      'API permissions → Add a permission → Microsoft Graph → Delegated: email, offline_access, IMAP.AccessAsUser.All, SMTP.Send, User.Read. Then “Grant admin consent” if your organisation asks for it.',
    ),
  ],
  [
    textKey('Create a client secret'),
    textKey(
      'Certificates & secrets → New client secret. Copy the Value at once and note when it expires: after that day nobody can connect or synchronise.',
    ),
  ],
  [
    textKey('Allow IMAP and SMTP AUTH'),
    textKey(
      'Exchange admin center: Settings → Mail flow → switch off “Turn off SMTP AUTH protocol”. Single mailboxes: Microsoft 365 admin center → Users → Active users → Mail → Manage email apps → tick IMAP and Authenticated SMTP.',
    ),
  ],
];

/** Where each value stands in the Entra portal, step by step. */
export function EntraSteps() {
  const t = useT();
  return (
    <Card title={t('Setting up Microsoft Entra')}>
      <Steps
        direction="vertical"
        size="small"
        current={-1}
        items={STEPS.map(([title, text]) => ({
          title: t(title),
          description: <Typography.Text type="secondary">{t(text)}</Typography.Text>,
          status: 'process' as const,
        }))}
      />
    </Card>
  );
}

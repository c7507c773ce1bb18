import { App } from 'antd';
import { AccountTable } from '../health/AccountTable';

/** Settings → Email manager → Accounts. */
export default function AccountsPage() {
  return (
    <App component={false}>
      <div style={{ padding: 'clamp(4px, 2vw, 16px)' }}>
        <AccountTable />
      </div>
    </App>
  );
}

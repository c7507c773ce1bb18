import { App } from 'antd';
import { AccountTable } from '../health/AccountTable';

/** Settings → Email manager → Accounts. */
export default function AccountsPage() {
  return (
    <App component={false}>
      <div style={{ padding: 16 }}>
        <AccountTable />
      </div>
    </App>
  );
}

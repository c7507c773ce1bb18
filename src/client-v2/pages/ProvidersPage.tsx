import { App, Button, Col, Result, Row, Skeleton } from 'antd';
import { useCallback, useState } from 'react';
import type { WireProvider } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { useLoaded } from '../api/use-loaded';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { EntraSteps } from '../settings/EntraSteps';
import { ProviderForm } from '../settings/ProviderForm';

/** Settings → Email manager → Providers. */
export default function ProvidersPage() {
  return (
    <App component={false}>
      <div style={{ padding: 16 }}>
        <Providers />
      </div>
    </App>
  );
}

function Providers() {
  const t = useT();
  const api = useMailApi();
  const { data, problem, isLoading, reload } = useLoaded(useCallback(() => api.provider('microsoft'), [api]));
  const [saved, setSaved] = useState<WireProvider | null>(null);
  if (isLoading) return <Skeleton active paragraph={{ rows: 8 }} />;
  const provider = saved ?? data;
  if (!provider)
    return (
      <Result
        status="warning"
        title={sentenceOf(problem, t)}
        extra={<Button onClick={() => void reload()}>{t('Try again')}</Button>}
      />
    );
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={14}>
        <ProviderForm provider={provider} onSaved={setSaved} />
      </Col>
      <Col xs={24} xl={10}>
        <EntraSteps />
      </Col>
    </Row>
  );
}

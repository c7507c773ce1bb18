import { App, Alert, Button, Card, Collapse, Form, Input, InputNumber, Select, Space, Typography } from 'antd';
import { useEffect, useState } from 'react';
import type { WireProvider } from '../../shared/wire';
import { useMailApi } from '../api/mail-api';
import { sentenceOf } from '../api/problem';
import { useT } from '../locale';
import { SecretInput } from './SecretInput';

interface Values {
  clientId: string;
  clientSecret?: string;
  tenant?: string;
  cloud: string;
  [key: string]: unknown;
}

/** What the administrator enters for Outlook. Blank optional fields mean: use the cloud's default. */
export function ProviderForm({ provider, onSaved }: ProviderFormProps) {
  const t = useT();
  const [form] = Form.useForm<Values>();
  const { busy, result, save, test } = useProviderCalls(provider, onSaved);
  const initial = { cloud: 'global', tenant: 'common', pollMinutes: 5, ...provider.settings };
  useEffect(() => form.resetFields(), [form, provider]);
  const onTest = async (): Promise<void> => {
    const values = await form.validateFields().catch(() => null);
    if (values) await test(form.isFieldsTouched() ? values : null);
  };
  return (
    <Card title="Outlook · Microsoft 365">
      {provider.error && !result && (
        <Alert type="error" showIcon message={t(provider.error.code)} style={{ marginBottom: 16 }} />
      )}
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initial}
        onFinish={(values) => void save(values)}
        requiredMark={false}
        data-testid="provider-form"
      >
        <RedirectUri value={provider.redirectUri} />
        <MainFields provider={provider} />
        <Collapse
          ghost
          items={[
            { key: 'more', label: t('More settings'), forceRender: true, children: <MoreFields provider={provider} /> },
          ]}
        />
        {result && <TestResult {...result} />}
        <Space>
          <Button type="primary" htmlType="submit" loading={busy === 'save'} data-testid="provider-save">
            {t('Save')}
          </Button>
          <Button loading={busy === 'test'} onClick={() => void onTest()} data-testid="provider-test">
            {t('Test')}
          </Button>
        </Space>
      </Form>
    </Card>
  );
}

function TestResult({ ok, text }: { ok: boolean; text: string }) {
  return (
    <Alert
      type={ok ? 'success' : 'error'}
      showIcon
      message={text}
      style={{ margin: '12px 0' }}
      data-testid="provider-result"
    />
  );
}

export interface ProviderFormProps {
  readonly provider: WireProvider;
  readonly onSaved: (provider: WireProvider) => void;
}

/** Save and Test, and what came of them. */
function useProviderCalls(provider: WireProvider, onSaved: (provider: WireProvider) => void) {
  const t = useT();
  const api = useMailApi();
  const { message } = App.useApp();
  const [busy, setBusy] = useState<'save' | 'test' | null>(null);
  const [result, setResult] = useState<{ ok: boolean; text: string } | null>(null);
  const attempt = async (what: 'save' | 'test', work: () => Promise<void>): Promise<boolean> => {
    setBusy(what);
    setResult(null);
    try {
      await work();
      return true;
    } catch (error) {
      setResult({ ok: false, text: sentenceOf(error, t) });
      return false;
    } finally {
      setBusy(null);
    }
  };
  const save = (values: Values): Promise<boolean> =>
    attempt('save', async () => {
      onSaved(await api.saveProvider({ ...provider.settings, ...values, name: provider.name }));
      message.success(t('Saved'));
    });
  /** Asks the sign-in service about `values`, or about what is saved; saves nothing. */
  const test = (values: Values | null): Promise<boolean> =>
    attempt('test', async () => {
      await api.testProvider({ ...(values && { ...provider.settings, ...values }), name: provider.name });
      const good = t(
        'The sign-in service knows the tenant and accepts client ID and secret. Link an account to try the rest.',
      );
      setResult({ ok: true, text: values ? `${good} ${t('Nothing is saved yet.')}` : good });
    });
  return { busy, result, save, test };
}

function RedirectUri({ value }: { value: string }) {
  const t = useT();
  return (
    <Form.Item
      label={t('Redirect URI')}
      extra={t('Copy this into Entra: App registrations → your app → Authentication → Add a platform → Web.')}
    >
      <Typography.Text code copyable data-testid="redirect-uri">
        {value}
      </Typography.Text>
    </Form.Item>
  );
}

function MainFields({ provider }: { provider: WireProvider }) {
  const t = useT();
  return (
    <>
      <Form.Item
        name="clientId"
        label={t('Client ID')}
        rules={[{ required: true, whitespace: true, message: t('EMAIL_SETTING_CLIENT_ID') }]}
        extra={t('Entra: App registrations → your app → Overview → Application (client) ID.')}
      >
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="clientSecret"
        label={t('Client secret')}
        rules={[{ required: !provider.hasSecret, whitespace: true, message: t('EMAIL_SETTING_CLIENT_SECRET') }]}
        extra={t(
          'Entra: Certificates & secrets → New client secret → the Value, not the Secret ID. It is shown only once. It is stored encrypted and never shown again.',
        )}
      >
        <SecretInput storedHint={provider.hasSecret ? provider.secretHint : null} />
      </Form.Item>
      <Form.Item
        name="tenant"
        label={t('Tenant')}
        extra={t(
          '“common” for work, school and personal accounts, “organizations” without personal ones; else the Directory (tenant) ID or domain from the Overview page.',
        )}
      >
        <Input placeholder="common" />
      </Form.Item>
    </>
  );
}

const HOSTS = ['authorityHost', 'graphHost', 'imapHost', 'smtpHost'] as const;

function MoreFields({ provider }: { provider: WireProvider }) {
  const t = useT();
  const cloud = Form.useWatch('cloud') as string | undefined;
  const defaults = provider.clouds[cloud ?? 'global'] ?? {};
  const labels = {
    authorityHost: t('Sign-in host'),
    graphHost: t('Graph host'),
    imapHost: t('IMAP host'),
    smtpHost: t('SMTP host'),
  };
  const clouds = [
    ['global', t('Microsoft 365 (worldwide)')],
    ['usGovL4', t('US Government L4 (GCC High)')],
    ['usGovL5', t('US Government L5 (DoD)')],
    ['china', t('China (21Vianet)')],
  ] as const;
  return (
    <>
      <Form.Item name="cloud" label={t('Cloud')}>
        <Select options={clouds.map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      {HOSTS.map((name) => (
        <Form.Item key={name} name={name} label={labels[name]}>
          <Input placeholder={defaults[name]} />
        </Form.Item>
      ))}
      <Space>
        <Form.Item name="imapPort" label={t('IMAP port')}>
          <InputNumber min={1} max={65535} placeholder="993" />
        </Form.Item>
        <Form.Item name="smtpPort" label={t('SMTP port')}>
          <InputNumber min={1} max={65535} placeholder="587" />
        </Form.Item>
        <Form.Item name="pollMinutes" label={t('Minutes between polls')}>
          <InputNumber min={1} max={1440} />
        </Form.Item>
      </Space>
      <Form.Item
        name="publicBaseUrl"
        label={t('Public address of this NocoBase')}
        extra={t('Only needed behind a proxy that hides it, for example https://crm.example.com.')}
      >
        <Input placeholder={typeof window === 'undefined' ? '' : window.location.origin} />
      </Form.Item>
    </>
  );
}

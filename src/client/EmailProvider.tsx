import {
  PinnedPluginListProvider,
  SchemaComponentOptions,
  SchemaInitializerItem,
  useSchemaInitializer,
  useSchemaInitializerItem,
} from '@nocobase/client';
import { Skeleton } from 'antd';
import { lazy, Suspense, type ReactNode } from 'react';
import { EnvelopeButton } from '../client-v2/mailbox/EnvelopeButton';

export const CLASSIC_BLOCK_SETTINGS = 'blockSettings:emailMailbox';

const MailboxBlock = lazy(() =>
  import(/* webpackChunkName: "email-classic" */ '../client-v2/mailbox/Mailbox').then((module) => ({
    default: module.MailboxBlock,
  })),
);

/** The mailbox as a block of classic (v1) pages, which only the legacy shell has. */
function EmailMailboxBlock() {
  return (
    <Suspense fallback={<Skeleton active />}>
      <MailboxBlock />
    </Suspense>
  );
}

function EmailMailboxInitializer() {
  const { insert } = useSchemaInitializer();
  const item = useSchemaInitializerItem();
  const schema = {
    type: 'void',
    'x-decorator': 'BlockItem',
    'x-component': 'EmailMailboxBlock',
    'x-toolbar': 'BlockSchemaToolbar',
    'x-settings': CLASSIC_BLOCK_SETTINGS,
  };
  return <SchemaInitializerItem {...item} onClick={() => insert(schema)} />;
}

/** Puts the envelope into the legacy top bar, which knows nothing of top bar models, and names our classic components. */
export function EmailProvider({ children }: { children?: ReactNode }) {
  return (
    <PinnedPluginListProvider
      items={{ emailManager: { order: 310, component: EnvelopeButton, pin: true, snippet: '*' } }}
    >
      <SchemaComponentOptions components={{ EmailMailboxBlock, EmailMailboxInitializer }}>
        {children}
      </SchemaComponentOptions>
    </PinnedPluginListProvider>
  );
}

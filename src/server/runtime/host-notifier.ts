import type { Application } from '@nocobase/server';
import { MAILBOX_PATH, PKG } from '../../shared/constants';
import { textKey } from '../../shared/text-key';
import type { Notice, Notifier, People, StopKind } from '../ports/host';

/** What we use of @nocobase/plugin-notification-manager, which need not be there. */
interface NotificationManager {
  readonly channelTypes?: { get(type: string): unknown };
  getChannel(name: string): Promise<unknown>;
  loadChannels(): Promise<void>;
  send(options: object): Promise<{ status: 'success' | 'failure'; reason?: string }>;
}

const IN_APP = 'in-app-message';
/** Our channel, so that people see who speaks and an administrator can rename it. The host shows no message without one. */
const CHANNEL = 'email_manager';
const SECONDS_SHOWN = 10;

const WORDS: Readonly<Record<StopKind, readonly [title: string, content: string]>> = {
  'needs-reconnect': [
    textKey('{{address}} is no longer synchronised'),
    textKey('You need to sign in again: open the mailbox and choose “Reconnect”. Nothing arrives until then.'),
  ],
  failing: [
    textKey('{{address}} has not been synchronised for a while'),
    textKey('It is tried again by itself. The mailbox says why it fails and what you can do.'),
  ],
  paused: [
    textKey('{{address}} is paused by its mail server'),
    textKey(
      'The mail server has asked for a break. Mail goes on arriving by itself afterwards; the mailbox says when.',
    ),
  ],
  'inbox-closed': [
    textKey('The inbox of {{address}} cannot be opened'),
    textKey('Nothing new is shown there. It is tried again by itself; the mailbox says why it fails.'),
  ],
  'switched-off': [
    textKey('{{address}} is switched off'),
    textKey('Nothing arrives until it is connected again: open the mailbox and choose “Reconnect”.'),
  ],
};

/** Messages in the application's own inbox (@nocobase/plugin-notification-in-app-message), if it has one. */
export class HostNotifier implements Notifier {
  constructor(
    private readonly app: Application,
    private readonly people: People,
  ) {}

  async notify({ user, kind, address }: Notice): Promise<boolean> {
    const manager = this.app.pm.get('notification-manager') as unknown as NotificationManager | undefined;
    // Registered by the plugin for these messages when it is loaded, that is, enabled.
    if (!manager?.channelTypes?.get(IN_APP)) return false;
    await this.ensureChannel(manager);
    const t = await this.translator(await this.people.language(user));
    const [title, content] = WORDS[kind];
    const { status, reason } = await manager.send({
      channelName: CHANNEL,
      triggerFrom: PKG,
      receivers: { type: 'userId', value: [user] },
      message: {
        title: t(title, { address: withoutVariables(address) }),
        content: t(content),
        options: { url: MAILBOX_PATH, duration: SECONDS_SHOWN },
      },
    });
    if (status === 'failure') throw new Error(reason ?? 'the notification was not sent');
    return true;
  }

  private async ensureChannel(manager: NotificationManager): Promise<void> {
    if (await manager.getChannel(CHANNEL)) return;
    const channels = this.app.db.getRepository('notificationChannels');
    const known: unknown = await channels.findOne({ filter: { name: CHANNEL } });
    const values = { name: CHANNEL, title: 'Email', notificationType: IN_APP, options: {}, meta: {} };
    // Another node may be faster; then its channel is ours, too.
    if (!known) await channels.create({ values }).catch(() => undefined);
    // The manager of this node remembers the channels it knew before another one made ours.
    await manager.loadChannels();
  }

  private async translator(lng: string): Promise<(key: string, params?: object) => string> {
    // Languages are loaded when somebody asks in them; nobody may have, since the application started.
    await this.app.localeManager.loadResourcesByLang(lng);
    return (key, params = {}) =>
      (this.app.i18n.t as (key: string, options: object) => string)(key, {
        lng,
        ns: PKG,
        interpolation: { escapeValue: false },
        ...params,
      });
  }
}

/** The manager fills in `{{…}}` of a message; an address is what it is. */
function withoutVariables(address: string): string {
  return address.replace(/[{}]/g, '');
}

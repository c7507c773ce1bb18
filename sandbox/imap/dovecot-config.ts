import { FOLDERS } from './mail-store';
import { RESOURCES, TENANTS } from '../world';

export interface DovecotOptions {
  /** Short absolute path: UNIX socket names may have 107 characters. */
  readonly folder: string;
  readonly user: string;
  readonly group: string;
  readonly ports: { readonly imap: number; readonly imaps: number; readonly lmtp: number };
  readonly certFile: string;
  readonly keyFile: string;
  readonly jwtKeys: string;
}

/** Maildir can be written by anybody; mdbox keeps sizes and dates in its index, and answers for very large folders several times as fast. */
const LOCATIONS: Readonly<Record<string, string>> = {
  maildir: 'maildir:~/Maildir:UTF-8',
  mdbox: 'mdbox:~/mdbox:UTF-8',
};

/** oauth2.conf: the token is checked here as Exchange does: signature, exp, nbf, iss, aud. */
export function oauth2Config({ jwtKeys }: DovecotOptions): string {
  const issuers = Object.keys(TENANTS).map((tenant) => `https://sts.windows.net/${tenant}/`);
  return `introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${jwtKeys}/
issuers = ${issuers.join(' ')}
client_id = ${RESOURCES.outlook}
username_attribute = upn
tokeninfo_url =
`;
}

/** A self-contained Dovecot 2.3 without root, systemd or /etc/dovecot. */
export function dovecotConfig(options: DovecotOptions): string {
  const { folder, user, group, ports } = options;
  const mailboxes = FOLDERS.map(
    ([name, use]) => `  mailbox "${name}" {\n    auto = subscribe\n    special_use = ${use}\n  }`,
  );
  return `base_dir = ${folder}/base
state_dir = ${folder}/state
log_path = ${folder}/log
info_log_path = ${folder}/log
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <${options.certFile}
ssl_key = <${options.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_cache_size = 0
first_valid_uid = 1
mail_uid = ${user}
mail_gid = ${group}
mail_home = ${folder}/mail/%Lu
mail_location = ${LOCATIONS[process.env.SANDBOX_MAIL_FORMAT ?? 'maildir']}
mailbox_list_index = yes
maildir_very_dirty_syncs = yes
mail_fsync = never
mail_max_userip_connections = 200
# A process for each connection that is logged in: a thousand mailboxes want as many, and some more while they start.
default_process_limit = 4000
default_client_limit = 10000
${passwords(folder)}namespace inbox {
  inbox = yes
  separator = /
${mailboxes.join('\n')}
}
protocol lmtp {
  postmaster_address = postmaster@contoso.test
  auth_username_format = %Lu
}
lmtp_save_to_detail_mailbox = no
${services(ports)}`;
}

function passwords(folder: string): string {
  return `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%Lu ${folder}/users
}
userdb {
  driver = passwd-file
  args = username_format=%Lu ${folder}/users
}
`;
}

function services(ports: DovecotOptions['ports']): string {
  return `service anvil {
  chroot =
  # Else every login after the second failed one waits for seconds, good ones too.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  service_count = 0
  client_limit = 500
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service imap {
  process_limit = 4000
}
service imap-hibernate {
  unix_listener imap-hibernate {
    mode = 0600
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
`;
}

/** Microsoft's national clouds: where each of them signs in, answers Graph, and serves mail. */
export const CLOUDS = {
  global: {
    authorityHost: 'https://login.microsoftonline.com',
    graphHost: 'https://graph.microsoft.com',
    imapHost: 'outlook.office365.com',
    smtpHost: 'smtp.office365.com',
    outlookResource: 'https://outlook.office.com',
  },
  usGovL4: {
    authorityHost: 'https://login.microsoftonline.us',
    graphHost: 'https://graph.microsoft.us',
    imapHost: 'outlook.office365.us',
    smtpHost: 'smtp.office365.us',
    outlookResource: 'https://outlook.office365.us',
  },
  usGovL5: {
    authorityHost: 'https://login.microsoftonline.us',
    graphHost: 'https://dod-graph.microsoft.us',
    imapHost: 'outlook-dod.office365.us',
    smtpHost: 'outlook-dod.office365.us',
    outlookResource: 'https://outlook-dod.office365.us',
  },
  china: {
    authorityHost: 'https://login.partner.microsoftonline.cn',
    graphHost: 'https://microsoftgraph.chinacloudapi.cn',
    imapHost: 'partner.outlook.cn',
    smtpHost: 'smtp.partner.outlook.cn',
    outlookResource: 'https://partner.outlook.cn',
  },
} as const;

export type CloudName = keyof typeof CLOUDS;

/** True for the name of a cloud in the table; `constructor` is none. */
export function isCloudName(value: unknown): value is CloudName {
  return typeof value === 'string' && Object.hasOwn(CLOUDS, value);
}

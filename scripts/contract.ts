/** What a NocoBase 2.2 host provides at run time (docs/adr/0002): these modules stay outside our bundles. */
export const browserHostModules = {
  both: [
    ...['react', 'react-dom', 'react/jsx-runtime', 'react-router', 'react-router-dom', 'antd', 'antd-style'],
    ...['@ant-design/icons', '@ant-design/cssinjs', 'i18next', 'react-i18next', '@formily/antd-v5', '@formily/core'],
    ...['@formily/react', '@formily/reactive', '@formily/shared', '@nocobase/utils', '@nocobase/utils/client'],
    ...['@nocobase/client-v2', '@nocobase/flow-engine', '@nocobase/evaluators', '@nocobase/evaluators/client'],
    ...[
      '@dnd-kit/core',
      '@dnd-kit/sortable',
      '@ctrl/tinycolor',
      'ahooks',
      'axios',
      'dayjs',
      'lodash',
      '@emotion/css',
      'file-saver',
    ],
  ],
  legacyOnly: [
    '@nocobase/client',
    '@nocobase/sdk',
    '@formily/json-schema',
    '@formily/path',
    '@formily/validator',
    '@formily/reactive-react',
  ],
};

/** On the server everything the host owns must stay a run-time require: two copies of Sequelize do not know each other. */
const serverHostModules: readonly (string | RegExp)[] = [
  /^@nocobase\//,
  ...[
    'sequelize',
    'umzug',
    'async-mutex',
    'jsonwebtoken',
    'cache-manager',
    'winston',
    'koa',
    '@koa/cors',
    '@koa/router',
  ],
  ...['@koa/multer', 'multer', 'koa-bodyparser', 'dayjs', 'axios', 'lodash', 'mysql2', 'pg', 'sqlite3', 'i18next'],
];

export function isServerHostModule(request: string): boolean {
  const name = request.startsWith('@') ? request.split('/').slice(0, 2).join('/') : request.split('/')[0];
  return serverHostModules.some((known) => (known instanceof RegExp ? known.test(name) : known === name));
}

/** Written to dist/externalVersion.js; the host compares them with its own and warns when they differ. */
export const testedVersions: Readonly<Record<string, string>> = {
  '@nocobase/server': '2.2.15',
  '@nocobase/database': '2.2.15',
  '@nocobase/actions': '2.2.15',
  '@nocobase/utils': '2.2.15',
  '@nocobase/client': '2.2.15',
  '@nocobase/client-v2': '2.2.15',
  '@nocobase/flow-engine': '2.2.15',
  sequelize: '6.37.8',
  react: '18.2.0',
  antd: '5.24.2',
  '@ant-design/icons': '5.6.1',
};

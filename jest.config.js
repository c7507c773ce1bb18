const tsJest = [
  'ts-jest',
  {
    diagnostics: false,
    isolatedModules: true,
    tsconfig: {
      module: 'commonjs',
      moduleResolution: 'node',
      target: 'es2022',
      jsx: 'react-jsx',
      esModuleInterop: true,
      resolveJsonModule: true,
    },
  },
];
const base = {
  testEnvironment: 'node',
  rootDir: __dirname,
  transform: { '^.+\\.tsx?$': tsJest },
  transformIgnorePatterns: ['/node_modules/'],
};

/** Four kinds of tests: pure ones beside the code, ones in a real NocoBase application, ones of the sandbox, ones against a real IMAP server. */
const installed = {
  '^nocobase-plugin-email-manager/(.*)$': '<rootDir>/.work/host/node_modules/nocobase-plugin-email-manager/$1',
  '^nocobase-plugin-email-manager$':
    '<rootDir>/.work/host/node_modules/nocobase-plugin-email-manager/dist/server/index.js',
};
module.exports = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      roots: ['<rootDir>/src', '<rootDir>/sim', '<rootDir>/sandbox', '<rootDir>/scripts', '<rootDir>/tests/corpora'],
      testMatch: ['**/__tests__/**/*.test.ts?(x)', '<rootDir>/tests/corpora/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'server',
      roots: ['<rootDir>/tests'],
      testMatch: ['<rootDir>/tests/server/**/*.test.ts'],
      setupFiles: ['<rootDir>/tests/support/env.ts'],
      moduleNameMapper: installed,
    },
    {
      ...base,
      displayName: 'sandbox',
      roots: ['<rootDir>/tests'],
      testMatch: ['<rootDir>/tests/sandbox/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'imap',
      roots: ['<rootDir>/tests'],
      testMatch: ['<rootDir>/tests/imap/**/*.test.ts'],
      setupFiles: ['<rootDir>/tests/support/env.ts'],
      moduleNameMapper: installed,
    },
  ],
};

// Runs before anything of NocoBase is imported: it reads its environment at import time.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'email-test-'));
Object.assign(process.env, {
  NODE_MODULES_PATH: path.join(root, '.work/host/node_modules'),
  STORAGE_PATH: storage,
  APP_KEY: 'test-key-not-a-secret',
  API_BASE_PATH: '/api/',
  APP_PUBLIC_PATH: '/',
  INIT_ROOT_EMAIL: 'admin@nocobase.com',
  INIT_ROOT_PASSWORD: 'admin123',
  INIT_ROOT_NICKNAME: 'Super Admin',
  INIT_ROOT_USERNAME: 'nocobase',
  LOGGER_TRANSPORT: 'file',
  LOGGER_BASE_PATH: path.join(storage, 'logs'),
  LOGGER_LEVEL: 'info',
  // The sandbox's servers.
  EMAIL_MANAGER_MAIL_HOSTS: 'localhost',
  EMAIL_MANAGER_SIGN_IN_HOSTS: 'https://localhost',
  EMAIL_MANAGER_KEY: '11'.repeat(32),
});

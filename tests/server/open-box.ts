import { AesGcmSecretBox } from '../../src/server/runtime/secret-box';

/** The box that the application under test uses: the same key from the same environment. */
export const box = new AesGcmSecretBox({ env: process.env, keyFile: '/nonexistent/key' });

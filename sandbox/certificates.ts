import fs from 'node:fs';
import path from 'node:path';
import { createCA, createCert } from 'mkcert';

export interface Certificates {
  readonly key: string;
  readonly cert: string;
  /** Give this to clients as NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A local authority and one certificate for localhost, made once per folder. */
export async function certificates(folder: string): Promise<Certificates> {
  const [caFile, certFile, keyFile] = ['ca.crt', 'server.crt', 'server.key'].map((name) => path.join(folder, name));
  if (![caFile, certFile, keyFile].every((file) => fs.existsSync(file))) {
    fs.mkdirSync(folder, { recursive: true });
    const ca = await createCA({
      organization: 'Email manager sandbox',
      countryCode: 'XX',
      state: 'None',
      locality: 'None',
      validity: 3650,
    });
    const server = await createCert({ ca, domains: ['localhost', '127.0.0.1'], validity: 3650 });
    fs.writeFileSync(caFile, ca.cert);
    fs.writeFileSync(keyFile, server.key, { mode: 0o600 });
    fs.writeFileSync(certFile, server.cert);
  }
  return { key: fs.readFileSync(keyFile, 'utf8'), cert: fs.readFileSync(certFile, 'utf8'), caFile, certFile, keyFile };
}

/** A kind of measurement: its options, each with the variable that carries it, and the database it runs on. */
export interface Kind {
  readonly options: Readonly<Record<string, string>>;
  /** Options without a value. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly database: 'postgres' | 'sqlite';
  readonly load: () => Promise<{ run(): Promise<void> }>;
}

/** What `npm run bench` can measure. */
export const KINDS: Readonly<Record<string, Kind>> = {
  accounts: { options: { n: 'EMAIL_BENCH_ACCOUNTS' }, database: 'postgres', load: () => import('./accounts') },
  idle: { options: { mails: 'EMAIL_BENCH_MAILS' }, database: 'sqlite', load: () => import('./idle') },
  list: {
    options: { rows: 'EMAIL_BENCH_ROWS', turns: 'EMAIL_BENCH_TURNS' },
    database: 'postgres',
    load: () => import('./list'),
  },
  memory: { options: { messages: 'EMAIL_BENCH_MESSAGES' }, database: 'sqlite', load: () => import('./memory') },
  pass: { options: { turns: 'EMAIL_BENCH_TURNS' }, database: 'postgres', load: () => import('./pass') },
  sync: {
    options: { messages: 'EMAIL_BENCH_MESSAGES' },
    flags: { peers: 'EMAIL_BENCH_PEERS' },
    database: 'sqlite',
    load: () => import('./sync'),
  },
};

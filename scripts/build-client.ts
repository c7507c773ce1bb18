import path from 'node:path';
import { rspack } from '@rspack/core';
import { browserHostModules } from './contract';
import { packageJson, root } from './paths';

export type Lane = 'client' | 'client-v2';

/**
 * First module of each lane: tells the chunk loader where our files are. RequireJS runs us without
 * `document.currentScript`, so the bundler's `auto` would take some other plugin's folder.
 */
function publicPathModule(lane: Lane): string {
  const tail = `static/plugins/${packageJson().name}/dist/${lane}/`;
  const code = `
    var base = window.__webpack_public_path__ || window.__nocobase_public_path__ || '/';
    var modern = '/' + (window.__nocobase_modern_client_prefix__ || 'v') + '/';
    if (base.slice(-modern.length) === modern) base = base.slice(0, -modern.length + 1);
    __webpack_public_path__ = base.replace(/\\/?$/, '/') + ${JSON.stringify(tail)};`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** Builds one browser lane as a named AMD module with lazy chunks beside it. */
export async function buildClient(lane: Lane, dist: string): Promise<void> {
  const { name } = packageJson();
  const allowed = new Set([...browserHostModules.both, ...(lane === 'client' ? browserHostModules.legacyOnly : [])]);
  const compiler = rspack({
    mode: 'production',
    context: root,
    target: ['web', 'es2020'],
    devtool: false,
    entry: [publicPathModule(lane), `./src/${lane}/index.tsx`],
    output: {
      path: path.join(dist, lane),
      filename: 'index.js',
      chunkFilename: '[name].[contenthash:8].js',
      chunkLoadingGlobal: `rspackChunk_${name.replace(/\W+/g, '_')}_${lane.replace('-', '_')}`,
      uniqueName: `${name}/${lane}`,
      publicPath: 'auto',
      library: { name: lane === 'client' ? name : `${name}/client-v2`, type: 'umd', umdNamedDefine: true },
    },
    resolve: { extensions: ['.tsx', '.ts', '.js', '.json'] },
    module: { rules: [swcRule()] },
    externalsType: 'umd',
    externals: [({ request }, done) => resolveExternal(request ?? '', allowed, lane, done)],
    plugins: [new rspack.DefinePlugin({ 'process.env.NODE_ENV': JSON.stringify('production') })],
    optimization: { splitChunks: false },
    performance: false,
  });
  await new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      if (error || !stats || stats.hasErrors()) return reject(error ?? new Error(stats?.toString({ colors: false })));
      compiler.close(() => resolve());
    });
  });
}

function resolveExternal(
  request: string,
  allowed: ReadonlySet<string>,
  lane: Lane,
  done: (error?: Error, result?: string) => void,
): void {
  if (allowed.has(request)) return done(undefined, request);
  // A module that no shell defines would make RequireJS fail for *all* plugins, so it must not get through the build.
  if (/^@nocobase\//.test(request) || request.startsWith('antd/'))
    return done(new Error(`${request} is not provided by the ${lane} runtime`));
  return done();
}

function swcRule() {
  return {
    test: /\.tsx?$/,
    loader: 'builtin:swc-loader',
    type: 'javascript/auto' as const,
    options: {
      jsc: {
        parser: { syntax: 'typescript', tsx: true },
        target: 'es2020',
        transform: { react: { runtime: 'automatic' } },
      },
    },
  };
}

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '..');

/** Median and 95th percentile of some durations, ms. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
}

export function timesOf(durations: readonly number[]): Times {
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Says on what a figure was seen: without it none means anything. */
export function machine(): string {
  const [one, five] = os.loadavg();
  const cpu = os.cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus().length} × ${cpu}, ${memory} GB, Node ${process.version}, load ${one.toFixed(1)} (1 min) ${five.toFixed(1)} (5 min)`;
}

/** What a program says of its version in its first line; null where it is not installed. */
export function versionOf(command: string): string | null {
  const { error, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return error ? null : stdout.split('\n')[0].trim();
}

/** CPU seconds that this process has used so far. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Prints a result and keeps it in docs/benchmarks/<name>.md. */
export function publish(name: string, text: string): void {
  const folder = path.join(root, 'docs/benchmarks');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.md`), `${text.trim()}\n`);
  process.stdout.write(`\n${text.trim()}\n`);
}

export interface Measured {
  readonly ms: number;
  readonly cpuSeconds: number;
  /** Largest resident memory of the process so far. */
  readonly peakMb: number;
}

/** A stopwatch for this process; each reading is from the start. */
export function measure(): () => Measured {
  const started = performance.now();
  const cpu = cpuSeconds();
  return () => ({
    ms: performance.now() - started,
    cpuSeconds: cpuSeconds() - cpu,
    peakMb: process.resourceUsage().maxRSS / 1024,
  });
}

/** The middle one by its time; of an even number, the quicker one of the middle two. */
export function middleOf<T>(all: readonly T[], msOf: (one: T) => number): T {
  return [...all].sort((a, b) => msOf(a) - msOf(b))[Math.floor((all.length - 1) / 2)];
}

export async function timed(work: () => Promise<void>): Promise<Measured> {
  const stopwatch = measure();
  await work();
  return stopwatch();
}

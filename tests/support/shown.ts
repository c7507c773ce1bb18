import english from '../../src/locale/en-US.json';

/** What a person reads for an error that came as code and parameters. */
export function shown(error: { code: string; params: Readonly<Record<string, string | number>> } | null): string {
  const text = (english as Record<string, string>)[error?.code ?? ''] ?? '';
  return text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => String(error?.params[name] ?? ''));
}

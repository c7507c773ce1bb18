import { useApp } from '@nocobase/client-v2';
import { longTime, timeFrom } from '../format';
import { useT } from '../locale';

const MINUTE_MS = 60_000;
/** “Now” would sound as if it were late. */
const isSoon = (at: number, now: number): boolean => at > now && at - now < MINUTE_MS;

/** A time as people say it, with the exact one at hand. */
export function Moment({ at, now, none }: { at: number | null; now: number; none: string }) {
  const { language } = useApp().i18n;
  const t = useT();
  if (at === null) return <span>{none}</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={longTime(at, language)}>
      {isSoon(at, now) ? t('in a moment') : timeFrom(at, now, language)}
    </time>
  );
}

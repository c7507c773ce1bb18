import { useApp } from '@nocobase/client-v2';
import { longTime, timeFrom } from '../format';

/** A time as people say it, with the exact one at hand. */
export function Moment({ at, now, none }: { at: number | null; now: number; none: string }) {
  const { language } = useApp().i18n;
  if (at === null) return <span>{none}</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={longTime(at, language)}>
      {timeFrom(at, now, language)}
    </time>
  );
}

import type { WireMarks } from '../../shared/wire';

/** A text in which some parts were found. */
export function Marked({ text, marks = [] }: { text: string; marks?: WireMarks }) {
  if (marks.length === 0) return <>{text}</>;
  const ends = marks.map(([, end]) => end);
  return (
    <>
      {marks.map(([start, end], at) => (
        <span key={start}>
          {text.slice(at === 0 ? 0 : ends[at - 1], start)}
          <mark className="email-mark">{text.slice(start, end)}</mark>
        </span>
      ))}
      {text.slice(ends.at(-1))}
    </>
  );
}

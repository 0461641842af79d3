// What differs between two versions of a definition, both as lines of words. It knows no definition.

export type Lines = [label: string, text: string][];

export interface Difference {
  label: string;
  was: string | null;
  now: string | null;
}

/** Lines of one label are held against each other in order. */
export function differences(was: Lines, now: Lines): Difference[] {
  const labels = [...new Set([...was, ...now].map(([label]) => label))];
  const of = (lines: Lines, label: string) =>
    lines.filter(([name]) => name === label).map(([, text]) => text);
  return labels.flatMap((label) => {
    const [before, after] = [of(was, label), of(now, label)];
    const longest = Math.max(before.length, after.length);
    return Array.from({ length: longest }, (_, at) => ({
      label,
      was: before[at] ?? null,
      now: after[at] ?? null,
    })).filter((line) => line.was !== line.now);
  });
}

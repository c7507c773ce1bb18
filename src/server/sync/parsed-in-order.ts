/** How much may be under way at once. */
export interface Window<T> {
  /** Items; asked for again and again, since it may change. */
  readonly most: () => number;
  /** Of all items together, in the unit of `weightOf`; a single item may be heavier. */
  readonly mostWeight: number;
  readonly weightOf: (item: T) => number;
}

interface UnderWay<T, R> {
  readonly item: T;
  readonly result: Promise<R>;
  readonly weight: number;
  isSettled: boolean;
}

/**
 * Works on several items of a source at a time and yields each with its result, in the order of the source. The source is asked for the
 * next one only while nobody holds a result, so that whoever leaves early ends it at once. With a window of one item, each is worked on
 * before the next is asked for.
 * @throws what `work` threw, in its turn; what the source threw, once everything before it was yielded
 */
export async function* parsedInOrder<T, R>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  { most, mostWeight, weightOf }: Window<T>,
): AsyncGenerator<readonly [item: T, result: R]> {
  const underWay: UnderWay<T, R>[] = [];
  let weight = 0;
  const first = async (): Promise<readonly [T, R]> => {
    const { item, result, weight: its } = underWay.shift()!;
    weight -= its;
    return [item, await result];
  };
  const isFull = (): boolean => underWay.length >= most() || weight >= mostWeight;
  let failure: { readonly error: unknown } | null = null;
  for await (const item of untilFailure(source, (error) => (failure = { error }))) {
    const one = begin(item, work, weightOf(item));
    underWay.push(one);
    weight += one.weight;
    // What is ready goes at once: over a slow line the window would never be full.
    while (underWay.length > 0 && (underWay[0].isSettled || isFull())) yield await first();
  }
  while (underWay.length > 0) yield await first();
  if (failure) throw (failure as { readonly error: unknown }).error;
}

function begin<T, R>(item: T, work: (item: T) => Promise<R>, weight: number): UnderWay<T, R> {
  const result = work(item);
  const one = { item, result, weight, isSettled: false };
  const settled = (): void => void (one.isSettled = true);
  // Whoever waits for it hears what it threw; when nobody comes to it, nobody has to.
  result.then(settled, settled);
  return one;
}

async function* untilFailure<T>(source: AsyncIterable<T>, failed: (error: unknown) => void): AsyncGenerator<T> {
  try {
    for await (const item of source) yield item;
  } catch (error) {
    failed(error);
  }
}

let count = 0;

/** One thing that must hold. Throws with the sentence when it does not. */
export function check(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`does not hold: ${sentence}`);
  count += 1;
  console.log(`  ok ${sentence}`);
}

export function checked(): number {
  return count;
}

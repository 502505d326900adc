/**
 * Runs something and measures the milliseconds of processor time that it takes, of all threads. On one thread that is the
 * time on a quiet machine: busy neighbours make it wait, which does not count.
 */
export async function processorTime<Value>(
  work: () => Promise<Value>,
): Promise<{ value: Value; milliseconds: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, milliseconds: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

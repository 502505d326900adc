/** How a benchmark was asked to run. */
export interface BenchmarkOptions {
  /** Answer in a few minutes. */
  quick: boolean;
  /** Watch memory over a long run, where the benchmark can. */
  memory: boolean;
}

/** What each file of this folder that is a benchmark exports as `benchmark`. It prints as it goes. */
export interface Benchmark {
  /** One line for the list of benchmarks. */
  about: string;
  /** @returns the results, as JSON */
  run: (options: BenchmarkOptions) => Promise<unknown>;
}

/** Prints rows as columns, the first row as their heads; numbers are set right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    console.log(`  ${cells.join('   ')}`);
  }
}

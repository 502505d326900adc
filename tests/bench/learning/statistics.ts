/** Of Student's distribution at 97.5 %, by degrees of freedom from 1. */
const student = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Half the width of the 95 % interval of the mean; 0 for a single value, of which nothing is known. */
function halfWidth(values: readonly number[]): number {
  const count = values.length;
  if (count < 2) return 0;
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (count - 1);
  return (student[count - 2] ?? 1.96) * Math.sqrt(variance / count);
}

/** Such as `0.512 ± 0.034`. */
export function withInterval(values: readonly number[]): string {
  return `${mean(values).toFixed(3)} ± ${halfWidth(values).toFixed(3)}`;
}

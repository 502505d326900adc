import type { TrainingPoint } from '../contract/learning.ts';

const curvePoints = 300;

/** Every so many points, so that the curve can be sent and kept. */
export function thinned(curve: readonly TrainingPoint[]): TrainingPoint[] {
  const step = Math.ceil(curve.length / curvePoints);
  return curve.filter((_, i) => i % step === step - 1 || i === curve.length - 1);
}

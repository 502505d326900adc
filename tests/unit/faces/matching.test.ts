import { describe, expect, it } from 'vitest';
import type { RelativeBox } from '../../../app/contract/dto.ts';
import { matchBoxes } from '../../../app/faces/matching.ts';

const box = (x: number, y = 0.1, side = 0.2): RelativeBox => [x, y, side, side];

describe('faces found again', () => {
  it('are those whose boxes overlap most, one to one', () => {
    const before = [box(0.1), box(0.5), box(0.8)];
    expect(matchBoxes([box(0.51), box(0.11), box(0.3)], before)).toEqual([1, 0, -1]);
    // Two found where there was one: the nearer is the one, the other is new.
    expect(matchBoxes([box(0.13), box(0.1)], [box(0.1)])).toEqual([-1, 0]);
    expect(matchBoxes([box(0.1)], [box(0.12), box(0.1)])).toEqual([1]);
  });

  it('need an overlap of 0.4', () => {
    // Boxes of the same size shifted by s of their side overlap by (1 - s) / (1 + s).
    const shifted = (share: number): RelativeBox => box(0.1 + 0.2 * share);
    expect(matchBoxes([shifted(0.42)], [box(0.1)])).toEqual([0]);
    expect(matchBoxes([shifted(0.44)], [box(0.1)])).toEqual([-1]);
    expect(matchBoxes([], [box(0.1)])).toEqual([]);
    expect(matchBoxes([box(0.1)], [])).toEqual([-1]);
  });
});

import { describe, expect, it } from 'vitest';
import type { RelativeBox } from '../../../app/contract/dto.ts';
import { centralFace } from '../../../app/faces/central-face.ts';

const face = (...box: RelativeBox): { box: RelativeBox } => ({ box });

describe('centralFace', () => {
  it('takes the face in the middle, not a larger one at the side', () => {
    const middle = face(0.35, 0.35, 0.3, 0.3);
    expect(centralFace([face(-0.1, 0.2, 0.4, 0.4), middle, face(0.8, 0.5, 0.1, 0.1)])).toBe(middle);
  });

  it('takes a large face near the middle rather than a tiny one closer to it', () => {
    const large = face(0.4, 0.3, 0.35, 0.35);
    expect(centralFace([face(0.46, 0.5, 0.04, 0.04), large])).toBe(large);
  });

  it('has nothing to take where there is nothing', () => {
    expect(centralFace([])).toBeUndefined();
  });
});

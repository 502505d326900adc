import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RelativeBox } from '../../../app/contract/dto.ts';
import { boxBetween, boxInMiddle, handles, moveBox, resizeBox } from '../../../renderer/features/photo/box-edit.ts';

const least = [0.02, 0.02] as const;
const step = fc.double({ min: -1.5, max: 1.5, noNaN: true });
/** Boxes inside the photo, each side at least a twentieth of it. */
const anyBox = fc
  .tuple(
    fc.double({ min: 0, max: 0.5, noNaN: true }),
    fc.double({ min: 0, max: 0.5, noNaN: true }),
    fc.double({ min: 0.05, max: 0.5, noNaN: true }),
    fc.double({ min: 0.05, max: 0.5, noNaN: true }),
  )
  .map((box): RelativeBox => box);

const expectInside = ([x, y, width, height]: RelativeBox): void => {
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-9);
  expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(1 + 1e-9);
};

test('a box moves as a whole and stays in the photo', () => {
  expect(moveBox([0.2, 0.2, 0.1, 0.1], 0.1, -0.1)).toEqual([expect.closeTo(0.3), expect.closeTo(0.1), 0.1, 0.1]);
  fc.assert(
    fc.property(anyBox, step, step, (box, dx, dy) => {
      const moved = moveBox(box, dx, dy);
      expect(moved.slice(2)).toEqual(box.slice(2));
      expectInside(moved);
    }),
  );
});

test('a box that sticks out of the photo does not jump when it is touched', () => {
  expect(moveBox([-0.1, 0.9, 0.2, 0.3], 0, 0)).toEqual([-0.1, 0.9, 0.2, 0.3]);
});

test('a handle moves its edges only, never past each other or out of the photo', () => {
  fc.assert(
    fc.property(anyBox, fc.constantFrom(...handles), step, step, (box, handle, dx, dy) => {
      const [x, y, width, height] = resizeBox(box, handle, dx, dy, least);
      expectInside([x, y, width, height]);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(0.02 - 1e-9);
      if (handle.x >= 0) expect(x).toBe(box[0]);
      if (handle.x <= 0) expect(x + width).toBeCloseTo(box[0] + box[2]);
      if (handle.y >= 0) expect(y).toBe(box[1]);
      if (handle.y <= 0) expect(y + height).toBeCloseTo(box[1] + box[3]);
    }),
  );
});

test('a box is drawn from any corner, and ends with the photo', () => {
  expect(boxBetween([0.5, 0.6], [0.25, 0.2])).toEqual([0.25, 0.2, 0.25, expect.closeTo(0.4)]);
  expect(boxBetween([0.9, -0.2], [1.4, 0.5])).toEqual([0.9, 0, expect.closeTo(0.1), 0.5]);
});

test('a new box lies in the middle of what is seen, however far the photo is zoomed', () => {
  const stage = { width: 1200, height: 600 };
  const whole = boxInMiddle({ left: 0, top: 0, width: 1200, height: 600 }, stage);
  expect(whole).toEqual([expect.closeTo(550 / 1200), expect.closeTo(250 / 600), 100 / 1200, 100 / 600]);
  // Four times as large, moved so that its lower right corner is seen.
  const corner = boxInMiddle({ left: -3600, top: -1800, width: 4800, height: 2400 }, stage);
  expect(corner[0] * 4800 - 3600).toBeCloseTo(550);
  expect(corner[1] * 2400 - 1800).toBeCloseTo(250);
});

import type { RelativeBox } from '../../../app/contract/dto.ts';

/** Which edges a handle moves: -1 the left or top one, 1 the right or bottom one, 0 neither. */
export interface Handle {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** Corners first: they lie above the edges where a box is small. */
export const handles: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: -1, y: 1 },
  { x: 1, y: 1 },
  { x: 0, y: -1 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: 1, y: 0 },
];

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Moves a box, as far as the photo goes. */
export function moveBox([x, y, width, height]: RelativeBox, dx: number, dy: number): RelativeBox {
  return [
    clamp(x + dx, Math.min(0, x), Math.max(1 - width, x)),
    clamp(y + dy, Math.min(0, y), Math.max(1 - height, y)),
    width,
    height,
  ];
}

/**
 * Drags a box by a handle; the edges across stay where they are.
 *
 * @param least smallest width and height
 */
export function resizeBox(
  [x, y, width, height]: RelativeBox,
  handle: Handle,
  dx: number,
  dy: number,
  least: readonly [number, number],
): RelativeBox {
  const [left, right] = moveEdges(x, x + width, handle.x, dx, least[0]);
  const [top, bottom] = moveEdges(y, y + height, handle.y, dy, least[1]);
  return [left, top, right - left, bottom - top];
}

function moveEdges(low: number, high: number, side: -1 | 0 | 1, by: number, least: number): [number, number] {
  if (side < 0) return [clamp(low + by, Math.min(0, low), high - least), high];
  if (side > 0) return [low, clamp(high + by, low + least, Math.max(1, high))];
  return [low, high];
}

/** The box between two points of the photo, given as fractions. */
export function boxBetween(a: readonly [number, number], b: readonly [number, number]): RelativeBox {
  const [x1, y1, x2, y2] = [a[0], a[1], b[0], b[1]].map((value) => clamp(value, 0, 1)) as [
    number,
    number,
    number,
    number,
  ];
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
}

/** A square in the middle of what can be seen of a photo, a sixth of the stage's shorter side. */
export function boxInMiddle(
  place: { left: number; top: number; width: number; height: number },
  stage: { width: number; height: number },
): RelativeBox {
  const side = Math.min(stage.width, stage.height) / 6;
  const width = Math.min(1, side / place.width);
  const height = Math.min(1, side / place.height);
  return [
    clamp((stage.width / 2 - place.left) / place.width - width / 2, 0, 1 - width),
    clamp((stage.height / 2 - place.top) / place.height - height / 2, 0, 1 - height),
    width,
    height,
  ];
}

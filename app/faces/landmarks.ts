import type { Box, LandmarkFinder } from './detector.ts';
import { landmarkCount, landmarkInputSize } from './networks/landmark-network.ts';
import { networkInput, type InputFormat, type Network } from './networks/network.ts';
import { apply, invert, mirror, warp, type Similarity } from './warp.ts';

const format: InputFormat = {
  channels: 'rgb',
  mean: [122.782, 117.001, 104.298],
  scale: [1 / 255, 1 / 255, 1 / 255],
  layout: 'nhwc',
};

/** Ranges of landmarks that a mirror turns round: number `n` becomes `first + last - n`. */
const mirroredRanges: readonly (readonly [first: number, last: number])[] = [
  [0, 16],
  [17, 26],
  [31, 35],
  [48, 54],
  [55, 59],
  [60, 64],
  [65, 67],
];
/** In the eyes the upper lids and the lower ones change sides. */
const mirroredEyes: readonly number[] = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40];
const firstEyeLandmark = 36;

/** Number of the landmark that each one is in a mirror image. */
const mirroredLandmark: readonly number[] = Array.from({ length: landmarkCount }, (_, index) => {
  const range = mirroredRanges.find(([first, last]) => index >= first && index <= last);
  return range ? range[0] + range[1] - index : (mirroredEyes[index - firstEyeLandmark] ?? index);
});

/**
 * The built-in 68-point landmark network on a crop and its mirror image, averaged: alone it places everything too far to
 * one side, by a fortieth of the distance between the eyes.
 */
export function landmarkFinder(network: Network): LandmarkFinder {
  return {
    async find(image, box, roll = 0) {
      const transform = cropTransform(box, roll);
      const crop = warp(image, transform, landmarkInputSize);
      const [output] = await network.run(networkInput([crop, mirror(crop)], format));
      const points = output!.data;
      const back = invert(transform);
      const found = new Float32Array(2 * landmarkCount);
      for (let landmark = 0; landmark < landmarkCount; landmark++) {
        const plain = 2 * landmark;
        const mirrored = 2 * (landmarkCount + mirroredLandmark[landmark]!);
        const across = (points[plain]! + 1 - points[mirrored]!) / 2;
        const down = (points[plain + 1]! + points[mirrored + 1]!) / 2;
        found.set(apply(back, across * landmarkInputSize, down * landmarkInputSize), plain);
      }
      return found;
    },
    dispose: () => network.dispose(),
  };
}

/** Takes the square around a box, turned upright, to the network's input. */
function cropTransform(box: Box, roll: number): Similarity {
  const scale = landmarkInputSize / Math.max(box.width, box.height);
  const a = scale * Math.cos(roll);
  const b = -scale * Math.sin(roll);
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  return {
    a,
    b,
    tx: landmarkInputSize / 2 - (a * centreX - b * centreY),
    ty: landmarkInputSize / 2 - (b * centreX + a * centreY),
  };
}

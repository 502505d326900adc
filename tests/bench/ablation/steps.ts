/** Where the faces come from. */
export type Search =
  /** As the obvious prototype does it: the Tiny detector at 416 pixels, the SSD at 512 where that finds nothing. */
  | 'prototype'
  /** The SSD once, on the photo as large as it is. */
  | 'ssd'
  /** All that Kindred does, with the pack's detector. */
  | 'careful'
  | 'quick';

/** Where the landmarks come from. */
export type Placing =
  /** One crop around the box. */
  | 'one-crop'
  /** The mean of the crop and its mirror image. */
  | 'mirrored'
  /** Other framings too where the landmarks fit a face badly, and by the detector's points where there are any. */
  | 'fitted'
  /** The detector's points alone; no landmarks. */
  | 'points';

/** One chip of a face, and how it is changed before it is embedded. */
export interface Look {
  /** What cuts it out: the face library's own crop, dlib's chip by five of the landmarks, by all, or by the detector's points. */
  by: 'library-crop' | 'five-landmarks' | 'landmarks' | 'points';
  size?: number;
  /** Degrees clockwise. */
  roll?: number;
  /** Shifts, as parts of the chip's side. */
  right?: number;
  down?: number;
  gamma?: number;
  stretched?: true;
}

/** A pipeline from photo to embedding. */
export interface Step {
  title: string;
  search: Search;
  placing: Placing;
  looks: readonly Look[];
  /** Each chip's mirror image is embedded as well. */
  mirrored: boolean;
}

export type PackName = 'built-in' | 'yunet';

type Change = Omit<Look, 'by'>;

const twoSizes: readonly Change[] = [{ size: 0.92 }, { size: 1.08 }];
const turned: readonly Change[] = [{ roll: 5 }, { roll: -5 }];
const sideways: readonly Change[] = [{ right: -0.03 }, { right: 0.03 }];
const shifted: readonly Change[] = [...sideways, { down: -0.03 }, { down: 0.03 }];
const nine: readonly Change[] = [{}, ...twoSizes, ...turned, ...shifted];
const thirteen: readonly Change[] = [...nine, { size: 0.85 }, { size: 1.16 }, { down: -0.06 }, { down: 0.06 }];
const brighter: readonly Change[] = [{ gamma: 0.7 }, { gamma: 1.4 }];

function looks(by: Look['by'], changes: readonly Change[] = [{}]): Look[] {
  return changes.map((change) => ({ by, ...change }));
}

const prototype: Step = {
  title: 'prototype: Tiny at 416, SSD at 512 where it finds nothing',
  search: 'prototype',
  placing: 'one-crop',
  looks: looks('library-crop'),
  mirrored: false,
};
const careful: Step = { ...prototype, search: 'careful', placing: 'fitted', mirrored: true };
const byLandmarks = (title: string, changes: readonly Change[]): Step => ({
  ...careful,
  title,
  looks: looks('landmarks', changes),
});

/** Up to the careful pipeline each step adds one thing to the one before it; what follows takes its place. */
const builtInSteps: readonly Step[] = [
  prototype,
  { ...prototype, title: "+ SSD at the photo's own size", search: 'ssd' },
  { ...prototype, title: '+ closer looks, more tried where nothing is found', search: 'careful' },
  { ...careful, title: '+ landmarks with the mirror image', placing: 'mirrored', mirrored: false },
  { ...careful, title: '+ other framings where they fit badly', mirrored: false },
  { ...careful, title: '+ chip by five landmarks', looks: looks('five-landmarks'), mirrored: false },
  { ...careful, title: '+ chip by the mean face instead', looks: looks('landmarks'), mirrored: false },
  byLandmarks('+ mirror image of the chip', [{}]),
  byLandmarks('+ at two sizes: Kindred, careful', twoSizes),
  { ...byLandmarks('Kindred, quick', [{}]), search: 'quick' },
  byLandmarks('careful, and as it is', [{}, ...twoSizes]),
  byLandmarks('careful, and turned by 5 degrees', [...twoSizes, ...turned]),
  byLandmarks('careful, and shifted sideways by 3 %', [...twoSizes, ...sideways]),
  byLandmarks('careful, and gamma 0.7 and 1.4', [...twoSizes, ...brighter]),
  byLandmarks('careful, and contrast stretched', [...twoSizes, { stretched: true }]),
  byLandmarks('nine views', nine),
  byLandmarks('thirteen views', thirteen),
];

const byPoints: Step = {
  ...careful,
  title: 'chip by the five points',
  placing: 'points',
  looks: looks('points'),
  mirrored: false,
};
const byBoth = (title: string, landmarks: readonly Change[], points: readonly Change[]): Step => ({
  ...careful,
  title,
  looks: [...looks('landmarks', landmarks), ...looks('points', points)],
});

/** As for the built-in models; the search is Kindred's throughout. */
const yunetSteps: readonly Step[] = [
  byPoints,
  { ...byPoints, title: '+ mirror image', mirrored: true },
  byLandmarks('chip by landmarks instead', [{}]),
  byBoth('by both', [{}], [{}]),
  byBoth('by both, landmarks at two sizes', twoSizes, [{}]),
  byBoth('points turned by 5 degrees and larger: Kindred, careful', twoSizes, [...turned, { size: 1.08 }]),
  { ...byLandmarks('Kindred, quick', [{}]), search: 'quick' },
  byLandmarks('landmarks alone, two sizes', twoSizes),
  byBoth('two sizes by both', twoSizes, twoSizes),
  byBoth('careful, and points shifted sideways by 3 %', twoSizes, [...turned, { size: 1.08 }, ...sideways]),
  byBoth('careful, and landmarks with gamma 0.7 and 1.4', [...twoSizes, ...brighter], [...turned, { size: 1.08 }]),
  byLandmarks('nine views by landmarks', nine),
  byBoth('nine views by both', nine, nine),
];

export const stepsOf: Record<PackName, readonly Step[]> = { 'built-in': builtInSteps, yunet: yunetSteps };

import type { FaceStatements } from './face-statements.ts';

/** What the grouping thread is told. It keeps faces and their groups from one message to the next. */
export type GroupRequest =
  | {
      kind: 'reset';
      /** Length of an embedding. */
      dimension: number;
      /** Squared L2 (0..4): the threshold that the model comes with, see `DistanceScale`. */
      standard: number;
    }
  | {
      /** New faces, in ascending order of id over all messages since the last reset. */
      kind: 'append';
      faceIds: Int32Array;
      photoIds: Int32Array;
      /** 1 for a face good enough to found a group. */
      founding: Uint8Array;
      /** Day of each face's photo, see `dayNumber`. */
      days: Int32Array;
      /** Unit embeddings, row by row. */
      embeddings: Float32Array;
    }
  | {
      /** Groups the faces as decided; what follows is about these groups. */
      kind: 'group';
      /** Squared L2 (0..4). */
      threshold: number;
      statements: FaceStatements;
    }
  | {
      /** Faces that are not shown now, as those of a removed folder: grouped like others, and never asked about. */
      kind: 'hide';
      faceIds: Int32Array;
    }
  | { kind: 'preview'; threshold: number }
  | { kind: 'review'; skip: string[] }
  /** Groups like the one of a face, nearest first. */
  | { kind: 'similar'; face: number; limit: number }
  | { kind: 'split'; faces: number[] }
  | {
      kind: 'nearest';
      face: number;
      /** Whom to compare with. */
      among: number[];
      limit: number;
    };

/** The answer to `group`, one entry per face, ascending by face id. */
export interface GroupResult {
  faceIds: Int32Array;
  /** Smallest face id of the group; -1 for a face that is set aside. */
  labels: Int32Array;
  /** Squared L2 distance (0..4) to the centre of the group. */
  centreDistances: Float32Array;
}

/** The answer to `preview`: how many faces each group would have. */
export interface GroupSizes {
  sizes: Int32Array;
}

/** One side of a question, as face ids; the one that an answer speaks about first. */
export type GroupQuestion =
  | { kind: 'between' | 'inside'; a: number[]; b: number[]; distance: number; probability: number }
  | { kind: 'who'; b: number[]; candidates: { faces: number[]; distance: number; probability: number }[] };

/** The answer to `review`. */
export interface GroupReview {
  /** By the faces that it is about, for skipping it. */
  id: string;
  question: GroupQuestion | null;
  remaining: number;
}

/** The answer to `similar` and `nearest`: a face of each, and the squared L2 distance (0..4). */
export type NearFaces = { face: number; distance: number }[];

/** The answer to `reset`, `append` and `hide`: how many faces there are now. */
export interface GroupCount {
  count: number;
}

/** What comes back for each kind of request. */
export interface GroupAnswers {
  reset: GroupCount;
  append: GroupCount;
  hide: GroupCount;
  group: GroupResult;
  preview: GroupSizes;
  review: GroupReview;
  similar: NearFaces;
  split: number[][];
  nearest: NearFaces;
}

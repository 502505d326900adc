import type { FacePair } from './constraints.ts';

/** What the grouping thread is told. It keeps faces and their neighbour graph from one message to the next. */
export type GroupRequest =
  | {
      kind: 'reset';
      /** Length of an embedding. */
      dimension: number;
    }
  | {
      /** New faces, in ascending order of id over all messages since the last reset. */
      kind: 'append';
      faceIds: Int32Array;
      photoIds: Int32Array;
      /** 1 for a face good enough to found a group. */
      founding: Uint8Array;
      /** Unit embeddings, row by row. */
      embeddings: Float32Array;
    }
  | {
      kind: 'cluster';
      /** Squared L2 (0..4). */
      threshold: number;
      /** Pairs of face ids; pairs with faces that were not appended are passed over. */
      same: readonly FacePair[];
      different: readonly FacePair[];
    };

/** The answer to `cluster`, one entry per face, ascending by face id. */
export interface GroupResult {
  faceIds: Int32Array;
  /** Smallest face id of the group. */
  labels: Int32Array;
  /** Squared L2 distance (0..4) to the centre of the group. */
  centreDistances: Float32Array;
  /** `different` pairs of face ids that `same` pairs contradict. */
  contradictions: FacePair[];
}

/** The answer to `reset` and `append`: how many faces there are now. */
export interface GroupCount {
  count: number;
}

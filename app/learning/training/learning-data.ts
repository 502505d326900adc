import { selectRows } from './head.ts';

/** Faces that somebody has confirmed, as features of the network that is to learn. */
export interface ConfirmedFaces {
  /** `[count, inputs]`, row by row. */
  features: Float32Array;
  /** Further views of the same faces, as their mirror images: each `[count, inputs]`. */
  copies: readonly Float32Array[];
  /** Person of each, 0 or more. */
  people: Int32Array;
  photos: Int32Array;
  /** 0..1. */
  quality: Float32Array;
}

/** Faces that nobody has confirmed. */
export interface UnconfirmedFaces {
  features: Float32Array;
  photos: Int32Array;
  /** Per face (its number here) the people that it was said not to be. */
  isNot: ReadonlyMap<number, ReadonlySet<number>>;
}

/** What a head is trained on. */
export interface LearningData {
  /** Length of the features of a face. */
  inputs: number;
  /** The network's own last layer, `[inputs, columns]`. */
  lastLayer: Float32Array;
  /** Squared L2 (0..4): the threshold of the model that it belongs to. */
  threshold: number;
  confirmed: ConfirmedFaces;
  unconfirmed: UnconfirmedFaces;
}

/** Those of the confirmed faces, and all others as they are. */
export function withConfirmed(data: LearningData, rows: readonly number[]): LearningData {
  const { inputs, confirmed } = data;
  return {
    ...data,
    confirmed: {
      features: selectRows(confirmed.features, inputs, rows),
      copies: confirmed.copies.map((copy) => selectRows(copy, inputs, rows)),
      people: Int32Array.from(rows, (row) => confirmed.people[row]!),
      photos: Int32Array.from(rows, (row) => confirmed.photos[row]!),
      quality: Float32Array.from(rows, (row) => confirmed.quality[row]!),
    },
  };
}

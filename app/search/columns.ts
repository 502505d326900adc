/** The photos of a library, one row each in the order of the timeline, as columns that a filter runs over. */
export interface PhotoColumns {
  ids: Int32Array;
  /** By a photo's id. */
  rowOf: ReadonlyMap<number, number>;
  /** Day in the timeline as the number `YYYYMMDD`; 0 where none is known. */
  days: Int32Array;
  /** Place in `cameraNames`; -1 where none is known. */
  cameras: Int32Array;
  cameraNames: readonly string[];
  /** Degrees; NaN where no place is known. */
  latitudes: Float64Array;
  longitudes: Float64Array;
  /** The files that the photos lie in, by id of the file; a photo may have several. */
  files: {
    ids: Int32Array;
    /** Row of the photo. */
    photos: Int32Array;
    /** Place in `folderPaths` of the folder that the file lies in. */
    folders: Int32Array;
  };
  /** Absolute, without a trailing separator. */
  folderPaths: readonly string[];
}

/** Who is in the photos. People go by numbers from 0. */
export interface PeopleColumns {
  /** Per person, the rows of the photos that show them, each once. */
  photosOf: readonly Int32Array[];
  /** Per photo, how many people are in it. */
  peopleIn: Uint16Array;
  /** Per photo, 1 where it shows somebody without a name. */
  unnamed: Uint8Array;
}

/** `YYYY-MM-DD`, with or without a time, as the number `YYYYMMDD`; 0 for ''. */
export function dayToNumber(day: string): number {
  return Number(day.slice(0, 4) + day.slice(5, 7) + day.slice(8, 10));
}

/**
 * Sorts people into photos.
 *
 * @param photoCount how many photos there are
 * @param people per person, the rows of photos with a face of theirs, repeated where there are several; -1 for a face whose
 *   photo is not shown
 */
export function peopleColumns(
  photoCount: number,
  people: readonly { named: boolean; photos: Int32Array }[],
): PeopleColumns {
  const peopleIn = new Uint16Array(photoCount);
  const unnamed = new Uint8Array(photoCount);
  const photosOf = people.map(({ named, photos }) => {
    const rows = distinct(photos);
    for (const row of rows) {
      peopleIn[row]! += 1;
      if (!named) unnamed[row] = 1;
    }
    return rows;
  });
  return { photosOf, peopleIn, unnamed };
}

/** Ascending, each once, without negative ones. */
function distinct(rows: Int32Array): Int32Array {
  const sorted = rows.toSorted();
  let count = 0;
  for (const row of sorted) if (row >= 0 && (count === 0 || sorted[count - 1] !== row)) sorted[count++] = row;
  return sorted.subarray(0, count);
}

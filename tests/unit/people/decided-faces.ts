import type { FaceSet } from '../../../app/people/cluster.ts';
import { readLog } from '../../../app/people/decision-log.ts';
import type { Decision, NewDecision, NewStatement, Statement } from '../../../app/people/decisions.ts';
import { faceStatements } from '../../../app/people/face-statements.ts';
import { GroupedFaces } from '../../../app/people/grouped-faces.ts';
import { DistanceScale } from '../../../app/people/threshold.ts';
import { gatherKnown, type Known } from '../../../app/people/known-people.ts';
import { foldPeople, type FaceEntry, type People } from '../../../app/people/people.ts';

const at = '2024-05-01T10:00:00.000Z';

/** A log in which this was said, one after the other: entries 1, 2, 3, … */
export function logOf(...said: readonly NewDecision[]): Decision[] {
  return said.map((decision, i) => ({ ...decision, id: i + 1, at }));
}

/** Entries of the log, all of which stand. */
export function standing(...said: readonly NewStatement[]): Statement[] {
  return logOf(...said) as Statement[];
}

export function knownFrom(decisions: readonly Decision[]): Known {
  return gatherKnown(readLog(decisions).standing);
}

export function faceEntry(id: number, entry: Partial<FaceEntry> = {}): FaceEntry {
  return { id, quality: 0.5, centreDistance: 0.05, visible: true, ...entry };
}

export interface DecidedFacesOptions {
  /** Per face, the day of its photo; 0 where it is not known. */
  days?: readonly number[];
  /** Faces that are drawn by hand, and not there without a decision. */
  drawn?: readonly number[];
}

/** Made-up faces with the people that decisions make of them, as the service would; a face's id is its index. */
export class DecidedFaces {
  readonly faces: FaceSet;
  readonly grouped: GroupedFaces;
  readonly options: DecidedFacesOptions;

  constructor(faces: FaceSet, options: DecidedFacesOptions = {}) {
    const { days } = options;
    this.faces = faces;
    this.options = options;
    this.grouped = new GroupedFaces(faces.dimension, new DistanceScale());
    this.grouped.append({
      kind: 'append',
      faceIds: Int32Array.from(faces.photos.keys()),
      photoIds: faces.photos,
      founding: faces.founding,
      days: days ? Int32Array.from(days) : new Int32Array(faces.photos.length),
      embeddings: faces.embeddings,
    });
  }

  labels(decisions: readonly Decision[], threshold = 0.12): Int32Array {
    return this.grouped.group(threshold, faceStatements(knownFrom(decisions), this.options.drawn ?? [])).labels;
  }

  people(decisions: readonly Decision[], threshold = 0.12): People {
    const known = knownFrom(decisions);
    const { labels, centreDistances } = this.grouped.group(threshold, faceStatements(known, this.options.drawn ?? []));
    const faces = Array.from(centreDistances, (centreDistance, id) => faceEntry(id, { centreDistance }));
    return foldPeople({ faces, labels, known });
  }
}

import type { PhotoFailureKind } from './errors.ts';

/** `[x, y, width, height]` as fractions (0..1) of the oriented photo; a box may stick out of the photo a little. */
export type RelativeBox = [number, number, number, number];

export interface AppInfo {
  version: string;
  /** Where the database and the caches are. */
  libraryPath: string;
  host: 'electron' | 'web' | 'cli';
  /** TensorFlow.js backend that inference runs on. */
  backend: string;
  /** False where no sample photos are installed. */
  samplesAvailable: boolean;
}

export interface FolderDto {
  id: number;
  path: string;
  /** A folder on a drive that is not mounted is offline; its photos and names are kept. */
  online: boolean;
  photos: number;
}

export interface LibrarySummary {
  photos: number;
  faces: number;
  people: number;
  failed: number;
  missing: number;
  folders: FolderDto[];
}

/**
 * A photo in nine colours, to be shown until its thumbnail is there: three rows of three cells, red, green and blue of each
 * (sRGB, 27 bytes), as base64.
 */
export type PhotoSketch = string;

/**
 * Every photo of the library, newest first, in columns: 100,000 photos must cross the wire at once.
 * All arrays have one entry per photo. A thumbnail's address follows from the photo's id alone.
 */
export interface Timeline {
  ids: number[];
  /** Oriented width / height. */
  aspects: number[];
  /** Local calendar day as `YYYY-MM-DD`, or '' where no date is known. */
  days: string[];
  sketches: PhotoSketch[];
}

export interface PhotoFace {
  id: number;
  box: RelativeBox;
  personId: string;
  /** Empty for a person without a name. */
  personName: string;
  /** Detector score 0..1. */
  score: number;
  /** Face quality 0..1. */
  quality: number;
}

export interface PhotoDetail {
  id: number;
  /** Absolute paths; more than one where the same file lies in several places. */
  paths: string[];
  fileName: string;
  format: string;
  bytes: number;
  /** Oriented pixels. */
  width: number;
  height: number;
  /** Local wall-clock time as `YYYY-MM-DDTHH:mm:ss`, or null. */
  takenAt: string | null;
  camera: string | null;
  lens: string | null;
  exposure: string | null;
  latitude: number | null;
  longitude: number | null;
  /** False while the file cannot be reached (drive offline, file missing). */
  available: boolean;
  faces: PhotoFace[];
}

export interface PersonSummary {
  /** `p<n>` for a named person, `f<face id>` for an unnamed one; an old id keeps leading to the right person. */
  id: string;
  /** Empty for a person without a name. */
  name: string;
  faceCount: number;
  photoCount: number;
  coverFaceId: number;
}

/** A person with every face, for scripts. */
export interface PersonFaces {
  id: string;
  name: string;
  faces: { /** Absolute path. */ photo: string; box: RelativeBox }[];
}

export interface PersonFace {
  id: number;
  photoId: number;
  quality: number;
}

export interface PersonDetail extends PersonSummary {
  /** Best quality first. */
  faces: PersonFace[];
  /** Newest first, in the order of the timeline. */
  photoIds: number[];
  /** Oriented width / height, one entry per photo of `photoIds`. */
  aspects: number[];
  /** One entry per photo of `photoIds`. */
  sketches: PhotoSketch[];
}

export interface PhotoFailure {
  path: string;
  kind: PhotoFailureKind;
  /** A plain reason. */
  message: string;
  attempts: number;
}

export type ScanPhase = 'idle' | 'listing' | 'indexing' | 'grouping' | 'paused' | 'done' | 'cancelled' | 'failed';

export interface ScanStatus {
  phase: ScanPhase;
  /** Folders being scanned. */
  folders: string[];
  /** Photo files seen by the listing. */
  found: number;
  /** Files that need no work: unchanged since the last scan. */
  unchanged: number;
  /** Files that this scan has to look at. */
  total: number;
  /** Of `total`, how many are finished (indexed or failed). */
  done: number;
  failed: number;
  /** Faces found by this scan. */
  facesFound: number;
  /** In the whole library, as of the last grouping. */
  people: number;
  photosPerSecond: number;
  secondsElapsed: number;
  /** Null until there is enough to go by. */
  secondsLeft: number | null;
  /** File in hand, for people to look at. */
  current: string | null;
  /** Set when phase is 'failed'. */
  message: string | null;
}

export interface FolderListing {
  path: string;
  /** Null at the top. */
  parent: string | null;
  folders: { name: string; path: string }[];
  /** Photos directly in this folder. */
  photos: number;
}

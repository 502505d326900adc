import type { PhotoFailureKind } from './errors.ts';

/** `[x, y, width, height]` as fractions (0..1) of the oriented photo; a box may stick out of the photo a little. */
export type RelativeBox = [number, number, number, number];

export interface AppInfo {
  version: string;
  /** Where the database and the caches are. */
  libraryPath: string;
  host: 'electron' | 'web' | 'cli';
  /** What runs the models: the native engine, or a TensorFlow.js backend. */
  engine: 'onnxruntime' | 'wasm';
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
  /** What it was said to be: someone's face, nobody of interest, or no face at all. */
  standing: FaceStanding;
  /** Somebody said that this is the person. */
  confirmed: boolean;
  personId: string;
  /** Empty for a person without a name. */
  personName: string;
  /** Detector score 0..1. */
  score: number;
  /** Face quality 0..1. */
  quality: number;
}

/** `ignored` and `not-a-face` are out of everything but the list where they can be brought back from. */
export type FaceStanding = 'person' | 'ignored' | 'not-a-face';

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
  /** How many of the faces somebody said to be this person; the others are Kindred's guesses. */
  confirmedCount: number;
  /** Kept out of the list of people, at the user's wish. */
  hidden: boolean;
}

/** A person with every face, for scripts. */
export interface PersonFaces {
  id: string;
  name: string;
  faces: { id: number; photoId: number; /** Absolute path. */ photo: string; box: RelativeBox }[];
}

export interface PersonFace {
  id: number;
  photoId: number;
  quality: number;
  /** Somebody said that this is the person; else it is a guess. */
  confirmed: boolean;
  /** Squared L2 (0..4) to the centre of the person's faces: the larger, the more doubtful. */
  distance: number;
}

/** Somebody who may be another person on the screen, or be one with them. */
export interface SimilarPerson {
  id: string;
  name: string;
  faceCount: number;
  coverFaceId: number;
  /** Squared L2 (0..4), average between the faces of both. */
  distance: number;
}

export interface PersonDetail extends PersonSummary {
  /** `YYYY-MM-DD`, or null: faces in photos from before it are kept out. */
  birthDate: string | null;
  /** Guesses before confirmed ones, the most doubtful first. */
  faces: PersonFace[];
  /** Who may be the same person, nearest first. */
  similar: SimilarPerson[];
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

/** How much is done for each photo: `careful` finds and tells apart more, `quick` takes half the time. */
export type Care = 'quick' | 'careful';

/** Models that are chosen together; null for the built-in ones. */
export interface ModelChoiceDto {
  care: Care;
  /** `<name>@<version>` of a pack. */
  detector: string | null;
  embedder: string | null;
  /** Id of the trained version that is in use with them. */
  learned: string | null;
}

/** A model pack of the library. */
export interface ModelPack {
  /** `<name>@<version>`, or `built-in`. */
  id: string;
  name: string;
  version: string;
  title: string;
  licence: string;
  /** Where it comes from. */
  source: string | null;
  brings: ModelPart[];
  /** Chosen, or still in use until what is chosen is ready. */
  inUse: boolean;
  /** Why it cannot be used, or null. */
  problem: string | null;
}

export type ModelPart = 'detector' | 'embedder';

/** A pack that Kindred knows, and fetches when it is asked to. */
export interface RecommendedModelPack {
  name: string;
  title: string;
  licence: string;
  /** Of the project. */
  source: string;
  /** Of the file. */
  url: string;
  bytes: number;
  /** In hex. */
  sha256: string;
  brings: ModelPart[];
  /** It is in the library already. */
  added: boolean;
}

export interface ModelsInfo {
  /** By which people are grouped and shown. */
  active: ModelChoiceDto;
  /** The same, or what takes its place once the photos have been read with it. */
  wanted: ModelChoiceDto;
  /** In use is what an older Kindred found, which this one reads anew. */
  outdated: boolean;
  packs: ModelPack[];
  recommended: RecommendedModelPack[];
  switching: SwitchStatus;
  /** Why what is chosen cannot be used here, in plain words; null where it can. */
  problem: string | null;
}

export type SwitchPhase = 'idle' | 'reading' | 'paused' | 'grouping' | 'failed';

/** How far the photos have been read with the models that were chosen last. */
export interface SwitchStatus {
  phase: SwitchPhase;
  /** Photos that have to be read. */
  total: number;
  done: number;
  /** Of `done`, those that could not be read; faces that are known of them stay. */
  failed: number;
  /** Of `done`, those whose files cannot be reached now; they are read when they are there again. */
  unreachable: number;
  photosPerSecond: number;
  /** Null until there is enough to go by. */
  secondsLeft: number | null;
  /** Can be called off; what an older Kindred found cannot be gone back to. */
  canCancel: boolean;
  /** Set when phase is 'failed'. */
  message: string | null;
}

/** How much of a pack has been downloaded. */
export interface FetchProgress {
  name: string;
  bytes: number;
  total: number;
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

/** What somebody decided, and what followed from it at once. */
export interface DecisionResult {
  /** Number of the entry in the history; null where there was nothing to say that had not been said. */
  entry: number | null;
  /** What was done, in words: `Named Anna`. */
  text: string;
  /** How many faces changed their person, or came to be confirmed. */
  settled: number;
  /** Who the person at hand is now; null where there is none, or none any more. */
  personId: string | null;
}

/** Sub-groups of a person's faces that may be somebody else, largest first; the first strip is the one that stays. */
export interface SplitProposal {
  strips: number[][];
}

/** Why a face is with its person. */
export interface Explanation {
  faceId: number;
  personId: string | null;
  personName: string;
  /** Squared L2 (0..4) under which groups unite. */
  threshold: number;
  /** What was said about the face itself, newest first; words, as in the history. */
  decisions: string[];
  /** Confirmed faces (all faces of people without any) nearest to it, of the person and of others, nearest first. */
  nearest: { faceId: number; personId: string; personName: string; distance: number; confirmed: boolean }[];
}

/** A face that is out of the people, and can be brought back. */
export interface SetAsideFace {
  id: number;
  photoId: number;
  standing: Exclude<FaceStanding, 'person'>;
}

/** What a threshold would give, before it is applied. */
export interface ThresholdPreview {
  threshold: number;
  people: number;
  /** People with more than one face. */
  regulars: number;
  /** Faces of the median person among those with more than one. */
  medianFaces: number;
  largestFaces: number;
}

export interface ThresholdInfo {
  threshold: number;
  /** As shipped. */
  standard: number;
  /** Ends of what can sensibly be chosen. */
  lowest: number;
  highest: number;
}

/** One side of a question: a person, or part of one. */
export interface ReviewSide {
  /** The face that an answer speaks about. */
  faceId: number;
  personId: string;
  /** Empty for a person without a name. */
  name: string;
  faceCount: number;
  /** Up to twelve faces that show who it is, the one that the answer speaks about first. */
  faceIds: number[];
}

/** "Is this the same person?" */
export interface ReviewQuestion {
  /** `<face>-<face>`, to skip it by. */
  id: string;
  /** `inside`: the two sides are one person now, and may be two. */
  kind: 'between' | 'inside';
  a: ReviewSide;
  b: ReviewSide;
  /** Squared L2 (0..4), average between the faces of both sides. */
  distance: number;
  /** How likely it is that the answer is yes, 0..1. */
  probability: number;
  /**
   * Whom side b may be, likeliest first, side a among them; the cover is the face that an answer speaks about. Empty where
   * only the two sides are in question.
   */
  candidates: SimilarPerson[];
}

export interface ReviewState {
  /** Null when there is nothing left to ask. */
  question: ReviewQuestion | null;
  /** Questions whose answers would change something with some likelihood, this one included. */
  remaining: number;
}

/** Something that was decided, as a line to read. */
export interface HistoryEntry {
  id: number;
  /** ISO time. */
  at: string;
  /** `Named Anna`, `12 faces are not Anna`, … */
  text: string;
  /** Up to eight faces that it is about. */
  faceIds: number[];
  /** False once it has been undone. */
  active: boolean;
}

export interface History {
  /** Newest first. */
  entries: HistoryEntry[];
  /** What undo would take back, in words; null where there is nothing. */
  undo: string | null;
  redo: string | null;
}

/** `details` of an error of kind `contradiction`: what was said before and cannot be true together with the new. */
export interface Contradiction {
  /** Entries of the history, oldest first. Taking these back makes room for the new decision. */
  entries: HistoryEntry[];
  /** Faces that would have to be one person and two at the same time. */
  faceIds: number[];
}

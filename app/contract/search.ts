import { z } from 'zod';
import type { RelativeBox } from './dto.ts';
import { id, nothing, path, procedure } from './procedure.ts';

const personId = z.string().regex(/^[pf]\d+$/);
const people = z.array(personId).max(100);
const day = z.iso.date();

/**
 * Which photos are looked for. Every part that is given narrows further; an empty filter is the whole library. Photos with
 * faces that were ignored, or are none, count as if these were not there.
 */
export const photoFilter = z.object({
  /** Words that must all be in the photo's folder or file name, each at the beginning of a word. */
  text: z.string().trim().min(1).max(200).optional(),
  /** All of these people are in the photo. */
  all: people.optional(),
  /** At least one of these is. */
  any: people.optional(),
  /** None of these is. */
  none: people.optional(),
  /** Nobody is in the photo but the people of `all` and `any`. */
  only: z.boolean().optional(),
  /** First and last calendar day of the timeline, both included; a photo without a date is never within. */
  from: day.optional(),
  to: day.optional(),
  /** Absolute path: the photo has a file in this folder, or in one below. */
  folder: path.optional(),
  camera: z.string().min(1).max(200).optional(),
  /** Degrees. Where `west` is larger than `east`, the box crosses the date line. */
  place: z
    .object({
      south: z.number().min(-90).max(90),
      west: z.number().min(-180).max(180),
      north: z.number().min(-90).max(90),
      east: z.number().min(-180).max(180),
    })
    .optional(),
  /** True: has a face of somebody without a name. False: has none. */
  unnamed: z.boolean().optional(),
  /** How many people are in the photo, both included. */
  leastPeople: z.int().min(0).max(1000).optional(),
  mostPeople: z.int().min(0).max(1000).optional(),
});
export type PhotoFilter = z.output<typeof photoFilter>;

/** Photos that a filter lets through. */
export interface FoundPhotos {
  /** In the order of the timeline. */
  ids: number[];
  /** What the filter names that is not there, or not to be reached, now: shown beside what was found. */
  problems: FilterProblem[];
}

export type FilterProblem =
  /** Nobody goes by this id any more: no photo shows them. */
  | { kind: 'person-gone'; person: string }
  /** No folder of the library holds this one. */
  | { kind: 'folder-gone'; folder: string }
  /** Its drive is away: its photos are found, their files cannot be opened. */
  | { kind: 'folder-offline'; folder: string };

/** What there is to choose from in a filter, most frequent first. */
export interface FilterChoices {
  cameras: { camera: string; photos: number }[];
  /** Folders that hold photos themselves or in sub-folders. */
  folders: { path: string; photos: number; online: boolean }[];
  /** Photos by month as `YYYY-MM`, oldest first. */
  months: { month: string; photos: number }[];
  /** Photos by rounded place (a tenth of a degree), most first; at most 500. */
  places: { latitude: number; longitude: number; photos: number }[];
  /** Photos with a place. */
  placed: number;
}

/** What the words in the text box may mean; choosing one adds `filter` to what is there. */
export interface Suggestion {
  kind: 'person' | 'dates' | 'folder' | 'camera' | 'text';
  /** For people, such as `Summer 2019`. */
  label: string;
  filter: PhotoFilter;
  /** Of a person. */
  coverFaceId: number | null;
  /** How many photos it leads to by itself. */
  photos: number;
}

/** A filter that was kept under a name. */
export interface SmartAlbum {
  id: number;
  name: string;
  filter: PhotoFilter;
  /** How many photos it has now. */
  photos: number;
  /** Of the newest one, or null. */
  coverPhotoId: number | null;
  problems: FilterProblem[];
}

/** A face that looks like the one that is searched for. */
export interface FaceMatch {
  faceId: number;
  photoId: number;
  box: RelativeBox;
  /**
   * Squared L2 (0..4) to the face that is searched for; where faces were confirmed to be its person, to the nearest of these
   * and it.
   */
  distance: number;
  /** Which of the faces that are searched for, from 0. */
  query: number;
  personId: string;
  /** Empty for somebody without a name. */
  personName: string;
  confirmed: boolean;
  /** It was said to be somebody else than whom the face that is searched for is taken for, or not to be them. */
  behind: boolean;
}

/** What a search by face found. */
export interface FaceSearchResult {
  /** Squared L2 under which a match is likely to be the same person. */
  threshold: number;
  /**
   * Nearest first; behind them, whatever their distance, faces that were said not to be the person. With several faces only
   * photos that show all of them, under the threshold or in the best `limit`: the matches of a photo follow each other, and
   * the farthest of them ranks the photo.
   */
  matches: FaceMatch[];
  /** Who each face is taken to be; null for nobody known. */
  people: ({ id: string; name: string } | null)[];
  /** How many matches are under the threshold, those behind not counted; they come first. */
  within: number;
}

/** A face of an image from outside. */
export interface QueryFace {
  /** From 0; stays the same while the image is open. */
  index: number;
  box: RelativeBox;
  /** Detector score 0..1; 1 for one marked by hand. */
  score: number;
  /** 0..1. */
  quality: number;
}

/** An image from outside that is searched with. It is never added to the library, and is forgotten on closing. */
export interface QueryImage {
  /** Its picture is at `/media/query/<id>`. */
  id: string;
  /** Oriented pixels. */
  width: number;
  height: number;
  /** Largest first. */
  faces: QueryFace[];
  /** The photo of the library that has the same content, or null. */
  photoId: number | null;
}

const image = z.string().regex(/^[\w-]{1,64}$/);
const box = z.tuple([
  z.number().min(-1).max(2),
  z.number().min(-1).max(2),
  z.number().gt(0).max(2),
  z.number().gt(0).max(2),
]);
/** How many matches beyond the threshold; those under it always come. */
const limit = z.int().min(1).max(10_000).optional();
const photos = z.array(id).min(1).max(100_000);
const albumName = z.string().trim().min(1).max(200);

/** How a copying of photos to a folder goes. */
export interface CopyProgress {
  phase: 'idle' | 'copying' | 'done' | 'cancelled' | 'failed';
  folder: string;
  done: number;
  total: number;
  /** Photos that could not be copied, up to 100 of them by name. */
  failed: { fileName: string; message: string }[];
  failedCount: number;
  /** Why it ended early, in plain words, or null. */
  message: string | null;
}

/** The procedures about search. */
export const searchProcedures = {
  'search.photos': procedure<FoundPhotos>()(z.object({ filter: photoFilter })),
  'search.choices': procedure<FilterChoices>()(nothing),
  /** Reads names, dates ("summer 2019", "2004–2008", "May 2011"), folders, cameras and other words. */
  'search.suggest': procedure<Suggestion[]>()(z.object({ text: z.string().max(200) })),

  /** Newest first. */
  'albums.list': procedure<SmartAlbum[]>()(nothing),
  'albums.save': procedure<SmartAlbum>()(z.object({ name: albumName, filter: photoFilter }), ['invalid-input']),
  'albums.change': procedure<SmartAlbum>()(
    z.object({ id, name: albumName.optional(), filter: photoFilter.optional() }),
    ['not-found', 'invalid-input'],
  ),
  /** Its photos stay; `albums.save` with the same name and filter brings it back. */
  'albums.remove': procedure<null>()(z.object({ id }), ['not-found']),

  /** All photos of whoever has these faces; with several, the photos that show all of them. */
  'search.byFaces': procedure<FaceSearchResult>()(z.object({ faces: z.array(id).min(1).max(10), limit }), [
    'not-found',
    'invalid-input',
  ]),
  /** Finds the faces of an image that a host has received (see `Service.receiveImage`). */
  'search.image': procedure<QueryImage>()(z.object({ image }), ['not-found', 'invalid-input']),
  /** Adds a face that was not found. */
  'search.markFace': procedure<QueryImage>()(z.object({ image, box }), ['not-found', 'invalid-input']),
  'search.byImage': procedure<FaceSearchResult>()(
    z.object({ image, faces: z.array(z.int().min(0).max(10_000)).min(1).max(10), limit }),
    ['not-found', 'invalid-input'],
  ),
  'search.closeImage': procedure<null>()(z.object({ image })),

  /** One face a year, the best of them, oldest first. */
  'people.years': procedure<{ year: number; faceId: number; photoId: number; faces: number }[]>()(
    z.object({ id: personId }),
    ['not-found'],
  ),
  /** Who is in photos with this person, most photos first, without those who are hidden; at most 100. */
  'people.together': procedure<{ id: string; name: string; coverFaceId: number; photos: number }[]>()(
    z.object({ id: personId }),
    ['not-found'],
  ),

  /** Absolute paths, one per photo of the library, of a file that is there where one is. */
  'files.paths': procedure<string[]>()(z.object({ photos })),
  /** Copies one file of each photo into a folder, which is made where it is absent; nothing there is ever written over. */
  'files.copy': procedure<CopyProgress>()(z.object({ photos, folder: path }), [
    'not-found',
    'folder-unreadable',
    'invalid-input',
  ]),
  'files.cancelCopy': procedure<CopyProgress>()(nothing),
  /** Shows the photo's file in the file manager. */
  'files.reveal': procedure<null>()(z.object({ photo: id }), ['not-found', 'invalid-input']),
  /** Opens the photo's file in the program that is set for it. */
  'files.open': procedure<null>()(z.object({ photo: id }), ['not-found', 'invalid-input']),
} as const;

/** The events about search, with their payload. */
export interface SearchEvents {
  /** Smart albums came, went or changed: ask again. */
  'albums.changed': null;
  /** At most a few times a second while files are copied, and at its end. */
  'files.copying': CopyProgress;
}

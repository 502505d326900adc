import type { FaceMatch, FaceSearchResult } from '../../../app/contract/search.ts';

/** Matches of one person. */
export interface MatchGroup {
  /** The id of the person; '' for everybody without a name together. */
  personId: string;
  personName: string;
  matches: FaceMatch[];
}

/** A photo that shows all the faces that are searched for. */
export interface MatchedPhoto {
  photoId: number;
  /** One for each face, in the order of the faces. */
  matches: FaceMatch[];
  /** Of the farthest of them. */
  distance: number;
}

/** Matches under the threshold by person, whoever is nearest first, and the others as they are ranked. */
export function groupMatches({ matches, within }: Pick<FaceSearchResult, 'matches' | 'within'>): {
  within: MatchGroup[];
  beyond: FaceMatch[];
} {
  const groups = new Map<string, MatchGroup>();
  // Not by their distance: what was said not to be the person comes behind, however near it is.
  const beyond = matches.slice(within);
  for (const match of matches.slice(0, within)) {
    const personId = match.personName === '' ? '' : match.personId;
    const group = groups.get(personId) ?? { personId, personName: match.personName, matches: [] };
    group.matches.push(match);
    groups.set(personId, group);
  }
  return { within: [...groups.values()], beyond };
}

/** Matches of several faces by photo, in the order in which they come. */
export function groupByPhoto({ matches, within }: Pick<FaceSearchResult, 'matches' | 'within'>): {
  within: MatchedPhoto[];
  beyond: MatchedPhoto[];
} {
  const photos = new Map<number, MatchedPhoto>();
  const likely = new Set(matches.slice(0, within).map(({ photoId }) => photoId));
  for (const match of matches) {
    const photo = photos.get(match.photoId) ?? { photoId: match.photoId, matches: [], distance: 0 };
    photo.matches.push(match);
    photo.distance = Math.max(photo.distance, match.distance);
    photos.set(match.photoId, photo);
  }
  const all = [...photos.values()];
  for (const photo of all) photo.matches.sort((a, b) => a.query - b.query);
  return {
    within: all.filter(({ photoId }) => likely.has(photoId)),
    beyond: all.filter(({ photoId }) => !likely.has(photoId)),
  };
}

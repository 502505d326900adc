import type { Database } from 'better-sqlite3';
import type {
  Explanation,
  PersonDetail,
  PersonSummary,
  ReviewQuestion,
  ReviewSide,
  ReviewState,
  SetAsideFace,
  SimilarPerson,
  SplitProposal,
  ThresholdPreview,
} from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import { readTimeline } from '../library/photos.store.ts';
import { facesIn } from '../people/decisions.ts';
import type { GroupQuestion, NearFaces } from '../people/group-messages.ts';
import { findPerson, type Person } from '../people/people.ts';
import type { DecisionHistory } from './decision-history.ts';
import type { Grouping } from './grouping.ts';

/** People as the window shows them. */
export interface PeopleViews {
  list(): PersonSummary[];
  summary(person: Person): PersonSummary;
  /** @throws KindredError `not-found` */
  personOrThrow(id: string): Person;
  detail(id: string): Promise<PersonDetail>;
  proposeSplit(id: string): Promise<SplitProposal>;
  explain(face: number, threshold: number): Promise<Explanation>;
  setAside(): SetAsideFace[];
  previewThreshold(threshold: number): Promise<ThresholdPreview>;
  nextQuestion(skip: string[]): Promise<ReviewState>;
}

const similarShown = 6;
const nearestShown = 8;
/** Faces on each side of a question. */
const stripLength = 12;

export function createPeopleViews(db: Database, grouping: Grouping, history: DecisionHistory): PeopleViews {
  const photoOf = (face: number): number | undefined => grouping.faces().get(face)?.photoId;

  function summary(person: Person): PersonSummary {
    const confirmed = new Set(person.known?.confirmed);
    return {
      id: person.id,
      name: person.name,
      faceCount: person.faceIds.length,
      photoCount: new Set(person.faceIds.map(photoOf)).size,
      coverFaceId: person.coverFaceId,
      confirmedCount: person.faceIds.filter((face) => confirmed.has(face)).length,
      hidden: person.known?.hidden ?? false,
    };
  }

  function personOrThrow(id: string): Person {
    const person = findPerson(grouping.people(), id);
    if (!person) throw new KindredError('not-found', 'That person is not in the library any more.');
    return person;
  }

  function toSimilar(near: NearFaces): SimilarPerson[] {
    return near.flatMap(({ face, distance }) => {
      const person = grouping.people().byFace.get(face);
      if (!person) return [];
      const { id, name, faceIds, coverFaceId } = person;
      return [{ id, name, faceCount: faceIds.length, coverFaceId, distance }];
    });
  }

  function side(faces: readonly number[]): ReviewSide {
    const [faceId] = faces as [number];
    const person = grouping.people().byFace.get(faceId);
    // The most typical first, then some from all over the strip, so that a stray face can be seen.
    const others = faces.slice(1);
    const step = Math.max(1, others.length / (stripLength - 1));
    const spread = Array.from(
      { length: Math.min(others.length, stripLength - 1) },
      (_, i) => others[Math.floor(i * step)]!,
    );
    return {
      faceId,
      personId: person?.id ?? `f${faceId}`,
      name: person?.name ?? '',
      faceCount: faces.length,
      faceIds: [faceId, ...spread],
    };
  }

  function toQuestion(id: string, question: GroupQuestion): ReviewQuestion {
    if (question.kind !== 'who') {
      const { kind, a, b, distance, probability } = question;
      return { id, kind, a: side(a), b: side(b), distance, probability, candidates: [] };
    }
    const [first] = question.candidates as [(typeof question.candidates)[number]];
    const candidates = question.candidates.flatMap(({ faces, distance }) => {
      const person = grouping.people().byFace.get(faces[0]!);
      if (!person) return [];
      // The face that the answer speaks about is the one that is shown.
      return [{ id: person.id, name: person.name, faceCount: faces.length, coverFaceId: faces[0]!, distance }];
    });
    const { distance, probability } = first;
    return { id, kind: 'between', a: side(first.faces), b: side(question.b), distance, probability, candidates };
  }

  return {
    list: () => grouping.people().list.map(summary),
    summary,
    personOrThrow,

    async detail(id) {
      const person = personOrThrow(id);
      const confirmed = new Set(person.known?.confirmed);
      const faces = person.faceIds
        .map((face) => {
          const { quality, photoId } = grouping.faces().get(face)!;
          const distance = grouping.centreDistance(face);
          return { id: face, photoId, quality, confirmed: confirmed.has(face), distance };
        })
        .sort((a, b) => Number(a.confirmed) - Number(b.confirmed) || b.distance - a.distance || a.id - b.id);
      const photos = new Set(faces.map(({ photoId }) => photoId));
      const timeline = readTimeline(db);
      const shown = [...timeline.ids.keys()].filter((i) => photos.has(timeline.ids[i]!));
      const near = await grouping.ask({ kind: 'similar', face: person.faceIds[0]!, limit: similarShown });
      return {
        ...summary(person),
        birthDate: person.known?.born ?? null,
        faces,
        similar: toSimilar(near).filter((other) => other.id !== person.id),
        photoIds: shown.map((i) => timeline.ids[i]!),
        aspects: shown.map((i) => timeline.aspects[i]!),
        sketches: shown.map((i) => timeline.sketches[i]!),
      };
    },

    async proposeSplit(id) {
      const person = personOrThrow(id);
      const strips = await grouping.ask({ kind: 'split', faces: person.faceIds });
      const confirmed = new Set(person.known?.confirmed);
      // What is certain stays with the person; the first strip is the one that stays.
      const certain = (strip: readonly number[]): number => strip.filter((face) => confirmed.has(face)).length;
      return { strips: strips.toSorted((a, b) => certain(b) - certain(a) || b.length - a.length) };
    },

    async explain(face, threshold) {
      const { byFace, list } = grouping.people();
      if (!grouping.faces().has(face)) throw new KindredError('not-found', 'That face is not in the library any more.');
      const person = byFace.get(face);
      const among = list.flatMap((other) => {
        // Of those that are shown: a removed folder's faces stay out of sight.
        const shown = new Set(other.faceIds);
        const certain = other.known?.confirmed.filter((id) => shown.has(id)) ?? [];
        return certain.length > 0 ? certain : other.faceIds;
      });
      const near = await grouping.ask({ kind: 'nearest', face, among, limit: nearestShown });
      const texts = new Map(history.entries().map(({ id, text }) => [id, text]));
      return {
        faceId: face,
        personId: person?.id ?? null,
        personName: person?.name ?? '',
        threshold,
        decisions: history
          .log()
          .standing.filter((statement) => facesIn(statement).includes(face))
          .map(({ id }) => texts.get(id)!)
          .toReversed(),
        nearest: near.flatMap(({ face: faceId, distance }) => {
          const other = byFace.get(faceId);
          if (!other) return [];
          const confirmed = other.known?.confirmed.includes(faceId) ?? false;
          return [{ faceId, personId: other.id, personName: other.name, distance, confirmed }];
        }),
      };
    },

    setAside() {
      const order = new Map(readTimeline(db).ids.map((id, i) => [id, i]));
      return [...grouping.people().aside]
        .flatMap(([id, standing]) => {
          const photoId = photoOf(id);
          return photoId !== undefined && order.has(photoId) ? [{ id, photoId, standing }] : [];
        })
        .sort((a, b) => order.get(a.photoId)! - order.get(b.photoId)! || a.id - b.id);
    },

    async previewThreshold(threshold) {
      const { sizes } = await grouping.ask({ kind: 'preview', threshold });
      const regulars = [...sizes].filter((size) => size > 1).sort((a, b) => a - b);
      return {
        threshold,
        people: sizes.length,
        regulars: regulars.length,
        medianFaces: regulars[regulars.length >> 1] ?? 0,
        largestFaces: regulars.at(-1) ?? 0,
      };
    },

    async nextQuestion(skip) {
      const { id, question, remaining } = await grouping.ask({ kind: 'review', skip });
      return { question: question && toQuestion(id, question), remaining };
    },
  };
}

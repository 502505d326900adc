import type { Timeline } from '../../../app/contract/dto.ts';

/** Some photos of the timeline, in the given order; those that the timeline does not know (yet, or any more) are left out. */
export function pickPhotos(timeline: Timeline, ids: readonly number[]): Timeline {
  const indexOf = new Map(timeline.ids.map((id, index) => [id, index]));
  const indexes = ids.map((id) => indexOf.get(id)).filter((index) => index !== undefined);
  return {
    ids: indexes.map((index) => timeline.ids[index]!),
    aspects: indexes.map((index) => timeline.aspects[index]!),
    days: indexes.map((index) => timeline.days[index]!),
    sketches: indexes.map((index) => timeline.sketches[index]!),
  };
}

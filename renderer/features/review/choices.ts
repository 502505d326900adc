import type { ReviewQuestion } from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';

/** Somebody who the person in question may be. */
export interface Choice {
  personId: string;
  /** Empty for somebody without a name. */
  name: string;
  faceCount: number;
  /** Faces that show who it is. */
  faceIds: number[];
  decision: DecisionRequest;
}

/** How many faces show the person that the question is about; the others have one each. */
const shownFaces = 3;

export const sayYes = ({ a, b }: ReviewQuestion): DecisionRequest => ({ kind: 'same', a: a.faceId, b: b.faceId });

/** Nobody of those who were asked about. */
export function sayNo({ a, b, candidates }: ReviewQuestion): DecisionRequest {
  if (candidates.length < 2) return { kind: 'different', a: a.faceId, b: b.faceId };
  const others = candidates.map(({ coverFaceId }) => coverFaceId).filter((face) => face !== a.faceId);
  return { kind: 'different', a: b.faceId, b: a.faceId, others };
}

/** The answers to "Who is this?": first whom the question is about, then the other candidates as they come. */
export function choicesOf(question: ReviewQuestion): Choice[] {
  const { a, b, candidates } = question;
  const asked: Choice = {
    personId: a.personId,
    name: a.name,
    faceCount: a.faceCount,
    faceIds: a.faceIds.slice(0, shownFaces),
    decision: sayYes(question),
  };
  const others = candidates
    .filter(({ id }) => id !== a.personId)
    .map(({ id, name, faceCount, coverFaceId }): Choice => {
      const decision: DecisionRequest = { kind: 'same', a: coverFaceId, b: b.faceId };
      return { personId: id, name, faceCount, faceIds: [coverFaceId], decision };
    });
  return [asked, ...others];
}

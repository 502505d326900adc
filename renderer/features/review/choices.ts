import type { ReviewQuestion } from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';

/** Somebody who an unnamed person may be. */
export interface Choice {
  personId: string;
  name: string;
  faceCount: number;
  /** Faces that show who it is. */
  faceIds: number[];
  decision: DecisionRequest;
}

/** How many faces show the person that the question is about; the others have one each. */
const shownFaces = 3;

export const sayYes = ({ a, b }: ReviewQuestion): DecisionRequest => ({ kind: 'same', a: a.faceId, b: b.faceId });
export const sayNo = ({ a, b }: ReviewQuestion): DecisionRequest => ({ kind: 'different', a: a.faceId, b: b.faceId });

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
      const decision: DecisionRequest = { kind: 'confirm', person: id, faces: [b.faceId] };
      return { personId: id, name, faceCount, faceIds: [coverFaceId], decision };
    });
  return [asked, ...others];
}

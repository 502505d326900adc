import type { PersonSummary, SimilarPerson } from '../../../app/contract/dto.ts';
import { plural } from '../../ui/format.ts';
import type { Option } from '../../ui/option.ts';

/** What a person without a name is called. */
export const nameOf = ({ name }: { name: string }): string => name || 'Unnamed person';

/** The same, in the middle of a sentence. */
export const calledInText = (name: string): string => name || 'this person';

export const optionOf = (person: PersonSummary | SimilarPerson, detail?: string): Option => ({
  key: person.id,
  title: nameOf(person),
  detail: detail ?? plural(person.faceCount, 'face'),
  faceId: person.coverFaceId,
});

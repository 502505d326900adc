import type { ReviewQuestion, ReviewSide } from '../../../app/contract/dto.ts';
import { plural } from '../../ui/format.ts';

export interface QuestionText {
  title: string;
  yes: string;
  no: string;
}

/** "Who is this?": side b may be one of several people. Else the two sides are compared. */
export const asksWho = ({ kind, candidates }: ReviewQuestion): boolean => kind === 'between' && candidates.length > 1;

/** Puts a question and its two answers into plain words. */
export function describeQuestion(question: ReviewQuestion): QuestionText {
  const { kind, a, b } = question;
  if (kind === 'inside') {
    const title = a.name === '' ? 'Are all of these one person?' : `Are these both ${a.name}?`;
    return { title, yes: 'Yes, one person', no: 'No, two people' };
  }
  if (asksWho(question)) {
    const title = b.name === '' ? 'Who is this?' : `Is ${b.name} one of these?`;
    return { title, yes: a.name || 'The first', no: 'None of these' };
  }
  const names = [a.name, b.name].filter((name) => name !== '');
  const title = names.length === 2 ? `Are ${a.name} and ${b.name} the same person?` : 'Is this the same person?';
  return { title, yes: 'Yes, the same', no: 'No, somebody else' };
}

/** What stands above one side's faces. */
export function describeSide({ name, faceCount }: ReviewSide): string {
  return `${name || 'No name yet'}, ${plural(faceCount, 'face')}`;
}

/** What an answer did, for the line at the foot of the screen. */
export const describeSettled = (faces: number): string => (faces === 0 ? 'Noted' : `${plural(faces, 'face')} settled`);

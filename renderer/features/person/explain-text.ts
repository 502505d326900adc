import type { Explanation } from '../../../app/contract/dto.ts';
import { formatDistance } from '../../ui/format.ts';

/** Why a face is with its person, in a sentence or two; the first is the answer, the others are how sure it is. */
export function explainInWords(explanation: Explanation, confirmed: boolean): string[] {
  const { personId, personName, nearest } = explanation;
  const called = personName || 'this person';
  if (personId === null) return ['This face is with nobody: it was set aside.'];
  const own = nearest.find((face) => face.personId === personId);
  const other = nearest.find((face) => face.personId !== personId);
  const answer = confirmed
    ? `You said that this is ${called}. Nothing but you can change that.`
    : own
      ? `Kindred guessed that this is ${called}, because it looks like other faces of ${called}.`
      : `There is no other face of ${called} to compare this one with.`;
  if (!other || !own) return [answer];
  const stranger = other.personName || 'somebody without a name';
  const comparison =
    other.distance < own.distance
      ? `A face of ${stranger} is nearer (${formatDistance(other.distance)}) than any of ${called} (${formatDistance(own.distance)}). It is worth a second look.`
      : `Its nearest face of ${called} is ${formatDistance(own.distance)} away, the nearest of anybody else ${formatDistance(other.distance)} (${stranger}).`;
  return [answer, comparison];
}

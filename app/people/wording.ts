import type { NewStatement } from './decisions.ts';

/**
 * A statement as a line of the history.
 *
 * @param nameOf the name that a person had before the statement; empty for none
 */
export function describeStatement(statement: NewStatement, nameOf: (person: string) => string): string {
  const who = (person: string | null, otherwise: string): string =>
    (person === null ? '' : nameOf(person)) || otherwise;
  const count = 'faces' in statement ? statement.faces.length : 1;
  const faces = `${count.toLocaleString('en')} ${count === 1 ? 'face' : 'faces'}`;
  const [are, them] = count === 1 ? ['is', 'it'] : ['are', 'them'];
  switch (statement.kind) {
    case 'name': {
      const before = who(statement.person, '');
      if (statement.name === '') return `Took the name away from ${before || 'a person'}`;
      return before === '' || before === statement.name
        ? `Named ${statement.name}`
        : `Renamed ${before} to ${statement.name}`;
    }
    case 'is':
      return `${faces} ${are} ${who(statement.person, 'one person')}`;
    case 'is-not':
      return `${faces} ${are} not ${who(statement.person, 'that person')}`;
    case 'same':
      return 'Two faces are the same person';
    case 'together':
      return `Put ${faces} together`;
    case 'different': {
      const others = statement.faces.length + statement.people.length;
      const [only] = statement.people;
      if (others === 1 && only !== undefined) return `A face is not ${who(only, 'that person')}`;
      return others === 1 ? 'Two faces are different people' : `A face is none of ${others} people`;
    }
    case 'leave':
      return `Took ${faces} out of a person`;
    case 'split':
      return `Split off ${faces}`;
    case 'merge':
      return `Merged ${who(statement.from, 'a person')} into ${who(statement.into, 'another')}`;
    case 'not-a-face':
      return `Marked ${faces} as not a face`;
    case 'ignore':
      return `Ignored ${faces}${statement.whole ? ` and whoever is grouped with ${them}` : ''}`;
    case 'restore':
      return `Brought ${faces} back`;
    case 'hide':
      return `${statement.hidden ? 'Hid' : 'Showed'} ${who(statement.person, 'a person')}${statement.hidden ? '' : ' again'}`;
    case 'cover':
      return `Chose a cover for ${who(statement.person, 'a person')}`;
    case 'birth':
      return statement.date === null
        ? `Took the birth date away from ${who(statement.person, 'a person')}`
        : `Set the birth date of ${who(statement.person, 'a person')} to ${statement.date}`;
    case 'same-photo':
      return `${faces} of one photo may be one person`;
    case 'draw':
      return 'Drew a face that was missed';
    case 'move':
      return 'Moved the box of a face';
  }
}

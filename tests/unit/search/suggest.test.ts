import { describe, expect, it } from 'vitest';
import { suggestMeanings } from '../../../app/search/suggest.ts';

const vocabulary = {
  people: [
    { id: 'p1', name: 'Ann Miller', coverFaceId: 11 },
    { id: 'p2', name: 'Zoë', coverFaceId: 12 },
    { id: 'p3', name: 'Ben', coverFaceId: 13 },
  ],
  folders: ['/photos', '/photos/Holidays 2019', '/photos/Holidays 2019/beach'],
  cameras: ['NIKON D70', 'Canon EOS 5D'],
};
const suggest = (text: string) => suggestMeanings(text, vocabulary).map(({ kind, label }) => `${kind} ${label}`);

describe('suggestMeanings', () => {
  it('knows people by the beginnings of their names, whatever the accents', () => {
    expect(suggestMeanings('an mil', vocabulary)[0]).toEqual({
      kind: 'person',
      label: 'Ann Miller',
      filter: { all: ['p1'] },
      coverFaceId: 11,
    });
    expect(suggest('ZOE')).toEqual(['person Zoë', 'text ZOE']);
    expect(suggest('iller')).toEqual(['text iller']);
  });

  it('reads several things in one text, the whole of it before its parts', () => {
    expect(suggest('ann summer 2019 ben')).toEqual([
      'dates Summer 2019',
      'person Ann Miller',
      'dates 2019',
      'folder Holidays 2019',
      'person Ben',
      'text ann summer 2019 ben',
    ]);
  });

  it('knows folders by their own name, and cameras by any word', () => {
    expect(suggest('holidays 2019')[0]).toBe('folder Holidays 2019');
    expect(suggest('photos')).toEqual(['folder photos', 'text photos']);
    expect(suggest('d70')).toEqual(['camera NIKON D70', 'text d70']);
  });

  it('has nothing to say about nothing, and never more than a few things', () => {
    expect(suggest('   ')).toEqual([]);
    expect(suggest('!?')).toEqual(['text !?']);
    const many = {
      ...vocabulary,
      people: Array.from({ length: 50 }, (_, i) => ({ id: `p${i}`, name: 'Ann', coverFaceId: i })),
    };
    expect(suggestMeanings('ann', many)).toHaveLength(4);
    expect(suggestMeanings('a b c d e f g h n z c p', many).length).toBeLessThanOrEqual(9);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { FaceSelection } from '../../../renderer/ui/face-grid/face-selection.svelte.ts';

let selection: FaceSelection;
beforeEach(() => {
  selection = new FaceSelection();
  selection.show([10, 11, 12, 13, 14, 15]);
});
const selected = (): number[] => [...selection.selected].sort((a, b) => a - b);

describe('with the pointer', () => {
  test('a click selects one face, with Ctrl one more or one less, with Shift all up to it', () => {
    selection.choose(1);
    selection.choose(3);
    expect(selected()).toEqual([13]);
    selection.choose(5, { toggle: true });
    selection.choose(3, { toggle: true });
    expect(selected()).toEqual([15]);
    selection.choose(2);
    selection.choose(4, { range: true });
    expect(selected()).toEqual([12, 13, 14]);
    selection.choose(0, { range: true });
    expect(selected()).toEqual([10, 11, 12]);
    selection.choose(5, { toggle: true });
    selection.choose(4, { toggle: true, range: true });
    expect(selected()).toEqual([10, 11, 12, 14, 15]);
  });
});

describe('with the keyboard', () => {
  test('moving selects nothing, with Shift it makes a range that can shrink again', () => {
    selection.move(2, false);
    expect(selected()).toEqual([]);
    selection.move(3, true);
    selection.move(4, true);
    expect(selected()).toEqual([12, 13, 14]);
    selection.move(3, true);
    expect(selected()).toEqual([12, 13]);
    selection.move(1, true);
    expect(selected()).toEqual([11, 12]);
  });

  test('without a selection it is about the face where the keyboard is', () => {
    selection.move(2, false);
    expect(selection.targets).toEqual([12]);
    selection.choose(4);
    selection.choose(1, { toggle: true });
    expect(selection.targets).toEqual([11, 14]);
  });
});

describe('when the list changes', () => {
  test('the keyboard stays on its face, and what is gone is not selected any more', () => {
    selection.chooseAll();
    selection.move(3, false);
    selection.show([15, 13, 9]);
    expect(selection.list[selection.active]).toBe(13);
    expect(selected()).toEqual([13, 15]);
  });

  test('after a decision it goes on with the face that comes to the same place', () => {
    selection.move(1, false);
    selection.settle();
    selection.show([10, 12, 13, 14, 15, 11]);
    expect(selection.targets).toEqual([12]);
    // What is loaded afterwards, in another order, does not move it.
    selection.show([13, 10, 12, 14, 15, 11]);
    expect(selection.targets).toEqual([12]);
  });

  test('after a decision about several it is where the first of them was', () => {
    selection.choose(2);
    selection.choose(4, { range: true });
    selection.settle();
    expect(selected()).toEqual([]);
    selection.show([10, 11, 15]);
    expect(selection.targets).toEqual([15]);
  });

  test('at the end it goes to what is last, and nowhere in an empty list', () => {
    selection.move(5, false);
    selection.settle();
    selection.show([10, 11]);
    expect(selection.targets).toEqual([11]);
    selection.settle();
    selection.show([]);
    expect(selection.targets).toEqual([]);
    selection.show([20]);
    expect(selection.targets).toEqual([20]);
  });
});

import { InvalidArgumentError } from 'commander';
import type { RelativeBox } from '../../contract/dto.ts';

/** An empty one, as an unset variable of a script gives it, would be the current folder. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

export function paths(text: string, previous: string[] = []): string[] {
  return [...previous, path(text)];
}

export function faces(text: string, previous: number[] = []): number[] {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a number from 1.');
  return [...previous, value];
}

export function box(text: string): RelativeBox {
  const [x, y, width, height, ...more] = text.split(',').map(Number);
  const isBox = [x, y, width, height].every(Number.isFinite) && more.length === 0;
  if (!isBox || width! <= 0 || height! <= 0) throw new InvalidArgumentError('It must be four numbers with commas.');
  return [x!, y!, width!, height!];
}

export function seed(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
}

export function overlap(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('It must be a number above 0 and at most 1.');
  return value;
}

export function distance(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 4)) throw new InvalidArgumentError('It must be a number above 0 and at most 4.');
  return value;
}

export function entries(text: string): number[] {
  const list = text.split(',').map(Number);
  if (!list.every((entry) => Number.isInteger(entry) && entry > 0))
    throw new InvalidArgumentError('They must be numbers.');
  return list;
}

export function wholeNumbers(text: string, others: readonly number[] = []): number[] {
  return [...others, wholeNumber(text)];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return value;
}

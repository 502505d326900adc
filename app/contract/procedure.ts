import { z } from 'zod';
import type { ErrorKind } from './errors.ts';

/** A procedure as declared: input schema, output type and the error kinds it may answer with (besides `internal`). */
export interface Procedure<Input extends z.ZodType, Output, Kind extends ErrorKind> {
  readonly input: Input;
  readonly errors: readonly Kind[];
  /** Exists for the type checker only. */
  readonly output?: Output;
}

export function procedure<Output>() {
  return <Input extends z.ZodType, const Kind extends ErrorKind = never>(
    input: Input,
    errors: readonly Kind[] = [],
  ): Procedure<Input, Output, Kind> => ({ input, errors });
}

// What many inputs are made of.
export const nothing = z.undefined();
export const id = z.number().int().nonnegative();
export const path = z.string().min(1).max(4096);

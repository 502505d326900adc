import { z } from 'zod';
import type {
  AppInfo,
  FolderDto,
  FolderListing,
  LibrarySummary,
  PersonDetail,
  PersonFaces,
  PersonSummary,
  PhotoDetail,
  PhotoFailure,
  ScanStatus,
  Timeline,
} from './dto.ts';
import type { ErrorKind } from './errors.ts';

/** A procedure as declared: input schema, output type and the error kinds it may answer with (besides `internal`). */
export interface Procedure<Input extends z.ZodType, Output, Kind extends ErrorKind> {
  readonly input: Input;
  readonly errors: readonly Kind[];
  /** Exists for the type checker only. */
  readonly output?: Output;
}

function procedure<Output>() {
  return <Input extends z.ZodType, const Kind extends ErrorKind = never>(
    input: Input,
    errors: readonly Kind[] = [],
  ): Procedure<Input, Output, Kind> => ({ input, errors });
}

const nothing = z.undefined();
const id = z.number().int().nonnegative();
const personId = z.string().regex(/^[pf]\d+$/);
const path = z.string().min(1).max(4096);
const name = z.string().trim().max(200);

/** Every procedure there is, declared once. Renderer, hosts and service all take their types from here. */
export const procedures = {
  'app.info': procedure<AppInfo>()(nothing),

  'library.summary': procedure<LibrarySummary>()(nothing),
  'library.timeline': procedure<Timeline>()(nothing),
  'library.photo': procedure<PhotoDetail>()(z.object({ id }), ['not-found']),
  'library.failures': procedure<PhotoFailure[]>()(nothing),
  /** Remembers a folder and starts to scan it. */
  'library.addFolder': procedure<FolderDto>()(z.object({ path }), ['not-found', 'folder-unreadable']),
  /** Adds the sample group photos that the installed face library carries. */
  'library.addSamples': procedure<FolderDto>()(nothing, ['not-found', 'folder-unreadable']),
  /** Hides a folder's photos; adding it again brings back everything, names included. */
  'library.removeFolder': procedure<null>()(z.object({ id }), ['not-found']),
  /** Sub-folders of a folder, for choosing one; no path means the home folder. */
  'folders.browse': procedure<FolderListing>()(z.object({ path: path.optional() }), ['not-found', 'folder-unreadable']),

  /** Squared L2 distance (0..4) under which faces are grouped; regroups the library. */
  'people.setThreshold': procedure<null>()(z.object({ threshold: z.number().gt(0).max(4) })),

  'scan.status': procedure<ScanStatus>()(nothing),
  /** Scans every folder of the library again; does nothing when a scan is running. */
  'scan.start': procedure<ScanStatus>()(nothing),
  'scan.pause': procedure<ScanStatus>()(nothing),
  'scan.resume': procedure<ScanStatus>()(nothing),
  'scan.cancel': procedure<ScanStatus>()(nothing),
  /** Tries the failed photos again. */
  'scan.retryFailed': procedure<ScanStatus>()(nothing),

  /** Named first, then by number of faces. */
  'people.list': procedure<PersonSummary[]>()(nothing),
  /** Every person with every face and the path of its photo: what `kindred people --json` prints. */
  'people.export': procedure<PersonFaces[]>()(nothing),
  'people.person': procedure<PersonDetail>()(z.object({ id: personId }), ['not-found']),
  /** Names a person; an empty name takes the name away. */
  'people.name': procedure<PersonSummary>()(z.object({ id: personId, name }), ['not-found']),
} as const;

export type Procedures = typeof procedures;
export type ProcedureName = keyof Procedures;
export type InputOf<Name extends ProcedureName> = z.input<Procedures[Name]['input']>;
/** The input as a handler gets it, after the schema has parsed it. */
export type ParsedInputOf<Name extends ProcedureName> = z.output<Procedures[Name]['input']>;
export type OutputOf<Name extends ProcedureName> =
  Procedures[Name] extends Procedure<z.ZodType, infer Output, ErrorKind> ? Output : never;

/** One handler per procedure: leaving one out does not compile. */
export type Handlers = {
  [Name in ProcedureName]: (input: ParsedInputOf<Name>) => OutputOf<Name> | Promise<OutputOf<Name>>;
};

/** Calls a procedure; rejects with a `KindredError`. */
export type Call = <Name extends ProcedureName>(
  name: Name,
  ...input: undefined extends InputOf<Name> ? [] : [InputOf<Name>]
) => Promise<OutputOf<Name>>;

import { z } from 'zod';
import type {
  AppInfo,
  DecisionResult,
  Explanation,
  FolderDto,
  FolderListing,
  History,
  LibrarySummary,
  ModelPack,
  ModelsInfo,
  PersonDetail,
  PersonFaces,
  PersonSummary,
  PhotoDetail,
  PhotoFailure,
  ReviewState,
  ScanStatus,
  SetAsideFace,
  SplitProposal,
  SwitchStatus,
  ThresholdInfo,
  ThresholdPreview,
  Timeline,
} from './dto.ts';
import type { ErrorKind } from './errors.ts';
import { learningProcedures } from './learning.ts';
import { id, nothing, path, procedure, type Procedure } from './procedure.ts';
import { searchProcedures } from './search.ts';

const personId = z.string().regex(/^[pf]\d+$/);
/** Of a model pack, with or without its version. */
const packName = z.string().min(1).max(100);
const name = z.string().trim().max(200);

const faces = z.array(id).min(1).max(100_000);
const threshold = z.number().gt(0).max(4);
/** x, y, width, height as fractions of the oriented photo. */
const box = z.tuple([
  z.number().min(-1).max(2),
  z.number().min(-1).max(2),
  z.number().gt(0).max(2),
  z.number().gt(0).max(2),
]);

/** Everything that can be said about people, besides names. Each becomes one entry of the history. */
export const decisionRequest = z.discriminatedUnion('kind', [
  /** These faces are this person. */
  z.object({ kind: z.literal('confirm'), person: personId, faces }),
  /** These faces are not this person: they go where they fit next best. */
  z.object({ kind: z.literal('reject'), person: personId, faces }),
  /** The faces show one person, with all who are grouped with them. */
  z.object({ kind: z.literal('same'), a: id, b: id }),
  /** Different people; `others` for more faces that are not the person of `a` either. */
  z.object({ kind: z.literal('different'), a: id, b: id, others: faces.optional() }),
  /** Two people are one. Named ones keep the name of `into`. */
  z.object({ kind: z.literal('merge'), into: personId, from: personId }),
  /** These faces of a person are somebody else, all the same one. */
  z.object({ kind: z.literal('split'), person: personId, faces }),
  z.object({ kind: z.literal('not-a-face'), faces }),
  z.object({ kind: z.literal('ignore'), faces }),
  /** Nobody of interest: this person and every face that will be grouped with them. */
  z.object({ kind: z.literal('ignore-person'), person: personId }),
  /** The same for everybody without a name who is in fewer photos than this. */
  z.object({ kind: z.literal('ignore-rare'), photos: z.number().int().min(2).max(1000) }),
  /** The same for everybody without a name in this photo. */
  z.object({ kind: z.literal('ignore-others'), photo: id }),
  /** Takes back not-a-face and ignore. */
  z.object({ kind: z.literal('restore'), faces }),
  /** Keeps a person out of the list of people, or brings them back. */
  z.object({ kind: z.literal('hide'), person: personId, hidden: z.boolean() }),
  z.object({ kind: z.literal('cover'), person: personId, face: id }),
  z.object({ kind: z.literal('birth'), person: personId, date: z.iso.date().nullable() }),
  /** These faces of one photo may be one person all the same: a mirror, a collage, a picture in the picture. */
  z.object({ kind: z.literal('same-photo'), faces: z.array(id).min(2).max(1000) }),
]);

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
  'people.setThreshold': procedure<null>()(z.object({ threshold })),
  'people.threshold': procedure<ThresholdInfo>()(nothing),
  /** What a threshold would give; changes nothing. */
  'people.previewThreshold': procedure<ThresholdPreview>()(z.object({ threshold })),

  'scan.status': procedure<ScanStatus>()(nothing),
  /** Scans every folder of the library again; does nothing when a scan is running. */
  'scan.start': procedure<ScanStatus>()(nothing),
  'scan.pause': procedure<ScanStatus>()(nothing),
  'scan.resume': procedure<ScanStatus>()(nothing),
  'scan.cancel': procedure<ScanStatus>()(nothing),
  /** Tries the failed photos again. */
  'scan.retryFailed': procedure<ScanStatus>()(nothing),

  'models.list': procedure<ModelsInfo>()(nothing),
  /**
   * Chooses what a pack brings, or, given `built-in`, the built-in models. What is in use stays in use until every photo that
   * can be reached has been read with the others.
   */
  'models.use': procedure<ModelsInfo>()(z.object({ name: packName }), ['not-found', 'invalid-input']),
  /** Chooses how much is done for each photo, in the same way. */
  'models.setCare': procedure<ModelsInfo>()(z.object({ care: z.enum(['quick', 'careful']) })),
  /** Copies a pack into the library, once it has been checked and tried. */
  'models.add': procedure<ModelPack>()(z.object({ path }), ['not-found', 'invalid-input', 'disk-full']),
  /** Downloads a recommended pack and adds it; nothing else ever goes to the network. */
  'models.fetch': procedure<ModelPack>()(z.object({ name: packName }), ['not-found', 'invalid-input', 'disk-full']),
  /** Stops a download. */
  'models.cancelFetch': procedure<null>()(nothing),
  /** Removes a pack that is not in use. */
  'models.remove': procedure<null>()(z.object({ id: packName }), ['not-found', 'invalid-input']),
  'models.pauseSwitch': procedure<SwitchStatus>()(nothing),
  /** Goes on after a pause or a failure, and reads what has come to be reachable since. */
  'models.resumeSwitch': procedure<SwitchStatus>()(nothing),
  /** Goes back to what is in use; what was read with the others is kept. */
  'models.cancelSwitch': procedure<ModelsInfo>()(nothing, ['invalid-input']),

  /** Named first, then by number of faces. */
  'people.list': procedure<PersonSummary[]>()(nothing),
  /** Every person with every face and the path of its photo: what `kindred people --json` prints. */
  'people.export': procedure<PersonFaces[]>()(nothing),
  'people.person': procedure<PersonDetail>()(z.object({ id: personId }), ['not-found']),
  /** Names a person; an empty name takes the name away. */
  'people.name': procedure<PersonSummary>()(z.object({ id: personId, name }), ['not-found']),
  /**
   * Writes a decision into the history and folds the people anew. Where it contradicts earlier ones nothing is written:
   * the error says which, and they can be passed as `instead`, to be taken back in the same step.
   */
  'people.decide': procedure<DecisionResult>()(
    z.object({ decision: decisionRequest, instead: z.array(id).max(1000).optional() }),
    ['not-found', 'invalid-input', 'contradiction'],
  ),
  'people.proposeSplit': procedure<SplitProposal>()(z.object({ id: personId }), ['not-found']),
  'people.explain': procedure<Explanation>()(z.object({ face: id }), ['not-found']),
  /** Faces that were ignored or said to be none, newest photo first. */
  'people.setAside': procedure<SetAsideFace[]>()(nothing),
  /** Adds a face that was missed: it is embedded at once and joins whom it fits. */
  'faces.draw': procedure<DecisionResult & { faceId: number }>()(z.object({ photo: id, box }), [
    'not-found',
    'invalid-input',
  ]),
  /** Gives a face another box; what was said about it goes along. The face gets a new id. */
  'faces.move': procedure<DecisionResult & { faceId: number }>()(z.object({ face: id, box }), [
    'not-found',
    'invalid-input',
  ]),

  ...learningProcedures,
  ...searchProcedures,

  /** The question whose answer settles most. Answers are decisions of kind `same`, `different` or `confirm`. */
  'review.next': procedure<ReviewState>()(
    z.object({
      skip: z
        .array(z.string().regex(/^\d+(-\d+)+$/))
        .max(10_000)
        .optional(),
    }),
  ),

  'history.list': procedure<History>()(nothing),
  /** Takes back one decision; without an entry, the last one that stands. */
  'history.undo': procedure<DecisionResult>()(z.object({ entry: id }).optional(), ['not-found']),
  /** Brings back what was undone last. */
  'history.redo': procedure<DecisionResult>()(nothing),
  /** Takes back everything after this entry, or, given 0, everything; one entry of the history. */
  'history.jump': procedure<DecisionResult>()(z.object({ entry: id }), ['not-found']),
} as const;

export type DecisionRequest = z.output<typeof decisionRequest>;
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
  ...input: [InputOf<Name>] extends [undefined]
    ? []
    : undefined extends InputOf<Name>
      ? [InputOf<Name>?]
      : [InputOf<Name>]
) => Promise<OutputOf<Name>>;

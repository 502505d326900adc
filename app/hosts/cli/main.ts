import '../malloc-arenas.ts';
import { Argument, Command, Option } from 'commander';
import type { Care } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import { version } from '../../service/version.ts';
import { decideUsage, type DecideOptions } from './decide.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { defaultLibraryPath } from './library-path.ts';
import {
  box,
  distance,
  entries,
  faces,
  overlap,
  path,
  paths,
  seed,
  wholeNumber,
  wholeNumbers,
} from './parse-arguments.ts';
import type { SearchOptions } from './search.ts';
import type { TrainScratchOptions } from './train-scratch.ts';
import type { TrainOptions } from './train.ts';
import type { TrainingKind } from '../../contract/learning.ts';
import type { LibraryOptions } from './with-service.ts';

const program = new Command('kindred')
  .description('Finds the people in your photos. Everything stays on this computer.')
  .version(version)
  .addHelpText(
    'after',
    `
Exit codes: 0 finished (photos that could not be read are listed, not an error), 1 internal error,
2 bad input, 3 the library cannot be opened, 130 stopped by Ctrl-C.`,
  );

// Before the commands are made, because they inherit it.
program.exitOverride((error) => {
  // Commander's own exit code for a wrong call is 1, which here means an internal error.
  process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.badInput);
});

const care = new Option('--care <how>', 'how much is done for each photo').choices(['quick', 'careful']);
const library = new Option('--library <dir>', 'folder of the database and the caches')
  .default(defaultLibraryPath(), 'the application-data folder')
  .argParser(path);
const json = new Option('--json', 'print JSON on stdout');

program
  .command('scan')
  .description('find the photos of a folder, the faces in them, and the people')
  .argument('[folder]', 'folder to add; without it every folder of the library is scanned again', path)
  .addOption(library)
  .addOption(json)
  .option('--threshold <distance>', 'squared distance (0..4) under which faces are grouped', distance)
  .option('--retry', 'try photos again that failed before')
  .addOption(care)
  .action(
    async (
      folder: string | undefined,
      options: { library: string; json?: true; threshold?: number; retry?: true; care?: Care },
    ) => (await import('./scan.ts')).runScan(folder, options),
  );

program
  .command('people')
  .description('list the people of a library')
  .addOption(library)
  .addOption(json)
  .option('--ids', 'with the numbers of faces and photos, for decide')
  .action(async (options: { library: string; json?: true; ids?: true }) =>
    (await import('./people.ts')).runPeople(options),
  );

program
  .command('search')
  .description('find the photos of whoever is in an image, or by people, dates, folders and words')
  .argument('[image]', 'any image file; it is not added to the library', path)
  .option('--face <number>', 'which face of the image, the largest is 1; give it again for photos that show all', faces)
  .option('--box <x,y,w,h>', 'a face that is not found by itself, as fractions of the image', box)
  .option('--limit <number>', 'how many less likely ones, beyond the threshold', wholeNumber, 20)
  .option('--person <name>', 'who is in the photo, by name or id; may be given again', paths)
  .option('--any <name>', 'at least one of these is in the photo', paths)
  .option('--not <name>', 'who is not in the photo', paths)
  .option('--only', 'nobody else is in the photo')
  .option('--from <date>', 'first day, YYYY-MM-DD', path)
  .option('--to <date>', 'last day, YYYY-MM-DD', path)
  .option('--folder <dir>', 'in this folder or below', path)
  .option('--camera <name>', 'as the photo names it', path)
  .option('--text <words>', 'at the beginning of words of folder and file names', path)
  .option('--unnamed', 'shows somebody without a name')
  .option('--no-unnamed', 'shows nobody without a name')
  .addOption(library)
  .addOption(json)
  .action(async (image: string | undefined, options: SearchOptions) =>
    (await import('./search.ts')).runSearch(image, options),
  );

program
  .command('review')
  .description('ask the question whose answer settles most')
  .addOption(library)
  .addOption(json)
  .option('--skip <ids>', 'questions not to ask, by their ids, with commas', (text) => text.split(','))
  .action(async (options: { library: string; json?: true; skip?: string[] }) =>
    (await import('./decide.ts')).runReview(options),
  );

program
  .command('decide')
  .description('say something about people; each decision can be undone')
  .argument('<verb>')
  .argument('[arguments...]')
  .addOption(library)
  .addOption(json)
  .option('--instead <entries>', 'take back these entries of the history, with commas', entries)
  .addHelpText(
    'after',
    () => `\nDecisions (persons are p7 or f12, faces and photos are numbers, see people --ids):\n${decideUsage()}`,
  )
  .action(async (verb: string, args: string[], options: DecideOptions) =>
    (await import('./decide.ts')).runDecide(verb, args, options),
  );

program
  .command('history')
  .description('list what was decided, newest first')
  .addOption(library)
  .addOption(json)
  .action(async (options: { library: string; json?: true }) => (await import('./decide.ts')).runHistory(options));

program
  .command('serve')
  .description('open the window in a browser on this computer')
  .argument('[folder]', 'folder to add and scan', path)
  .addOption(library)
  .addOption(json)
  .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', wholeNumber, 0)
  .option('--no-open', 'do not open a browser')
  .action(async (folder: string | undefined, options: { library: string; json?: true; port: number; open: boolean }) =>
    (await import('./serve.ts')).runServe(folder, options),
  );

const models = program.command('models').description('choose the models that find and tell apart faces');
models
  .command('list')
  .description('list what is in use, the packs of the library, and those that can be fetched')
  .addOption(library)
  .addOption(json)
  .action(async (options: { library: string; json?: true }) => (await import('./models.ts')).runModelsList(options));
models
  .command('add')
  .description('check a model pack, try it, and copy it into the library')
  .argument('<path>', 'folder with a pack.json, or the .onnx file of a pack that Kindred knows', path)
  .addOption(library)
  .addOption(json)
  .action(async (from: string, options: { library: string; json?: true }) =>
    (await import('./models.ts')).runModelsAdd(from, options),
  );
models
  .command('use')
  .description('choose a pack, and read the photos with it; the models of before stay in use until all are read')
  .argument('[name]', 'a pack, or built-in; without it, what was chosen before goes on', path)
  .addOption(care)
  .addOption(library)
  .addOption(json)
  .action(async (name: string | undefined, options: { library: string; json?: true; care?: Care }) =>
    (await import('./models.ts')).runModelsUse(name, options),
  );
models
  .command('fetch')
  .description('download a pack that Kindred knows, check it and add it')
  .argument('<name>', 'see list', path)
  .addOption(library)
  .addOption(json)
  .action(async (name: string, options: { library: string; json?: true }) =>
    (await import('./models.ts')).runModelsFetch(name, options),
  );
models
  .command('remove')
  .description('remove a pack that is not in use')
  .argument('<name>', 'with or without its version', path)
  .addOption(library)
  .addOption(json)
  .action(async (name: string, options: { library: string; json?: true }) =>
    (await import('./models.ts')).runModelsRemove(name, options),
  );

program
  .command('train')
  .description(
    'learn from what was confirmed; what comes of it is kept only where it is better on faces that were held out',
  )
  .addArgument(
    new Argument('[kind]', 'head: on stored features, in seconds; finetune and scratch: networks')
      .choices(['head', 'finetune', 'scratch'])
      .default('head'),
  )
  .option('--keep', 'use the new version at once where it passes')
  .option('--resume', 'go on with a training that was stopped')
  .option('--restart', 'forget a training that was stopped, or failed')
  .option('--seed <number>', 'the same seed and faces give the same version', seed)
  .argument('[images]', 'for scratch, which needs no library: a folder with a folder per identity', path)
  .option('--out <path>', 'for scratch: the version file, or a folder for it', path, '.')
  .option('--steps <number>', 'for scratch: more than the usual 1200, or fewer', seed)
  .addOption(library)
  .addOption(json)
  .action(async (kind: TrainingKind, images: string | undefined, options: TrainOptions & TrainScratchOptions) => {
    if (kind !== 'scratch') return (await import('./train.ts')).runTrain(kind, options);
    if (images === undefined) throw new KindredError('invalid-input', 'Which folder? kindred train scratch <folder>');
    return (await import('./train-scratch.ts')).runTrainScratch(images, options);
  });

const versions = program.command('versions').description('what was trained: use it, go back, give it away');
versions
  .command('list')
  .description('list the versions, the newest first; the one in use is marked')
  .addOption(library)
  .addOption(json)
  .action(async (options: LibraryOptions) => (await import('./versions.ts')).runVersionsList(options));
versions
  .command('report')
  .description('tell how good a version is')
  .argument('<version>', 'its id, the beginning of it, or its number', path)
  .addOption(library)
  .addOption(json)
  .action(async (version: string, options: LibraryOptions) =>
    (await import('./versions.ts')).runVersionsReport(version, options),
  );
versions
  .command('keep')
  .description('use what was trained last')
  .addOption(library)
  .addOption(json)
  .action(async (options: LibraryOptions) => (await import('./versions.ts')).runVersionsKeep(options));
versions
  .command('discard')
  .description('do not use what was trained last')
  .addOption(library)
  .addOption(json)
  .action(async (options: LibraryOptions) => (await import('./versions.ts')).runVersionsDiscard(options));
versions
  .command('activate')
  .description('use a version, or built-in for the models as they came; no decision changes')
  .argument('<version>', 'its id, the beginning of it, its number, or built-in', path)
  .addOption(library)
  .addOption(json)
  .action(async (version: string, options: LibraryOptions) =>
    (await import('./versions.ts')).runVersionsActivate(version, options),
  );
versions
  .command('rollback')
  .description('use what was in use before')
  .addOption(library)
  .addOption(json)
  .action(async (options: LibraryOptions) => (await import('./versions.ts')).runVersionsRollback(options));
versions
  .command('remove')
  .description('remove a version that is not in use')
  .argument('<version>', 'its id, the beginning of it, or its number', path)
  .addOption(library)
  .addOption(json)
  .action(async (version: string, options: LibraryOptions) =>
    (await import('./versions.ts')).runVersionsRemove(version, options),
  );
versions
  .command('export')
  .description('write a version into a file')
  .argument('<version>', 'its id, the beginning of it, or its number', path)
  .argument('<path>', 'the file, or a folder for it', path)
  .addOption(library)
  .addOption(json)
  .action(async (version: string, to: string, options: LibraryOptions) =>
    (await import('./versions.ts')).runVersionsExport(version, to, options),
  );
versions
  .command('import')
  .description('check a version from a file and add it; it is not used before it is activated')
  .argument('<path>', 'the file', path)
  .addOption(library)
  .addOption(json)
  .action(async (from: string, options: LibraryOptions) =>
    (await import('./versions.ts')).runVersionsImport(from, options),
  );

const evaluate = program.command('evaluate').description('measure detection and recognition on labelled photos');
const cache = new Option('--cache <dir>', 'keep the faces and embeddings here between runs').argParser(path);
const pack = new Option(
  '--pack <path>',
  'measure this model pack (its folder, or a known .onnx file) instead of the built-in models; may be given for a detector and an embedder',
).argParser(paths);
const model = new Option(
  '--model <version>',
  'measure this trained version, by its file, or by its id or number in --library',
).argParser(path);
evaluate
  .command('verification')
  .description("LFW's protocol: ten folds of same and different pairs")
  .requiredOption('--images <dir>', 'a folder per identity', path)
  .requiredOption('--pairs <file>', "pairs in LFW's pairs.txt format", path)
  .addOption(model)
  .addOption(library)
  .addOption(pack)
  .addOption(care)
  .addOption(cache)
  .addOption(json)
  .action(async (options: EvaluateOptions & { pairs: string }) =>
    (await import('./evaluate.ts')).runEvaluateVerification(options),
  );
evaluate
  .command('clustering')
  .description('grouping against a folder per identity, one face per photo')
  .requiredOption('--images <dir>', 'a folder per identity', path)
  .option('--threshold <distance>', 'squared distance (0..4); default: the shipped one', distance)
  .addOption(model)
  .addOption(library)
  .addOption(pack)
  .addOption(care)
  .addOption(cache)
  .addOption(json)
  .action(async (options: EvaluateOptions & { threshold?: number }) =>
    (await import('./evaluate.ts')).runEvaluateClustering(options),
  );
evaluate
  .command('retrieval')
  .description('search by each face of everybody with two photos or more, against a folder per identity')
  .requiredOption('--images <dir>', 'a folder per identity', path)
  .option('--confirmed <number>', 'confirmed faces of each person; may be given several times', wholeNumbers)
  .option('--seed <number>', 'draws which faces are confirmed', wholeNumber, 1)
  .addOption(model)
  .addOption(library)
  .addOption(pack)
  .addOption(care)
  .addOption(cache)
  .addOption(json)
  .action(async ({ confirmed = [1, 3, 10], ...options }: EvaluateOptions & { confirmed?: number[]; seed: number }) =>
    (await import('./evaluate.ts')).runEvaluateRetrieval({ ...options, confirmed }),
  );
evaluate
  .command('detection')
  .description('recall and precision against marked faces, altogether and by the size of the face')
  .requiredOption('--images <dir>', 'the photos; those that no boxes file names are not looked at', path)
  .requiredOption('--boxes <file>', 'marked faces, see below; may be given several times', paths)
  .option(
    '--iou <share>',
    'least overlap (intersection over union, above 0 to 1) of a found box with a true one',
    overlap,
  )
  .addOption(pack)
  .addOption(care)
  .addOption(cache)
  .addOption(json)
  .addHelpText(
    'after',
    `
Boxes are read from the XML of dlib's imglab, where ignore='1' marks faces that count neither as missed nor as wrong, or
from comma-separated values with the header line file,x,y,width,height; a line with a file alone is a photo without
faces. Files are relative to --images. Boxes are in pixels of the full-size photo as it is looked at: of a photo that
its EXIF orientation turns, after it was turned.`,
  )
  .action(async (options: EvaluateOptions & { boxes: string[]; iou?: number }) =>
    (await import('./evaluate.ts')).runEvaluateDetection(options),
  );

program
  .command('doctor')
  .description('tell what is installed, which backend is used and whether the library is well')
  .addOption(library)
  .addOption(json)
  .action(async (options: { library: string; json?: true }) => (await import('./doctor.ts')).runDoctor(options));

// A closed pipe (`kindred people | head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof DOMException && error.name === 'AbortError') process.exit(exitCodes.interrupted);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!(error instanceof KindredError) && error instanceof Error && error.stack)
    process.stderr.write(`${error.stack}\n`);
  process.exitCode = exitCodeOf(error);
}

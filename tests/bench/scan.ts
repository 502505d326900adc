import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInChoice, type ModelChoice } from '../../app/faces/models/choice.ts';
import { printTable, type Benchmark } from './benchmark.ts';
import { megabytes, runMeasured, type Measured } from './measured-process.ts';
import { modelChoices } from './model-choices.ts';
import { hasSharedData, largeSet, portraitSet, repeatedSet } from './photo-sets.ts';

const program = new URL('./programs/scan-library.ts', import.meta.url);
const rival = new URL('./rivals/face-api-script.ts', import.meta.url);

interface Report {
  photos: number;
  faces: number;
}

/** Something that scans a folder in a process of its own. */
interface Contestant {
  title: string;
  scan: (folder: string) => Promise<Measured>;
}

/** All runs of one contestant over one folder. */
interface Tally {
  title: string;
  photosPerSecond: number;
  faces: number;
  cpuSecondsPerPhoto: number | null;
  peakBytes: number | null;
}

/** The face-api script first, then Kindred with all models that are here. */
async function contestants(): Promise<Contestant[]> {
  return [
    { title: 'face-api script', scan: (folder) => runMeasured(rival, [folder]) },
    ...(await modelChoices()).map(({ title, models }) => ({
      title: `Kindred, ${title}`,
      scan: (folder: string) => scanOnce(folder, models),
    })),
  ];
}

async function scanOnce(folder: string, models: ModelChoice): Promise<Measured> {
  const library = await mkdtemp(join(tmpdir(), 'kindred-bench-library-'));
  try {
    return await runMeasured(program, [folder, library, JSON.stringify(models)]);
  } finally {
    await rm(library, { recursive: true, force: true });
  }
}

function tally(title: string, runs: readonly Measured[]): Tally {
  const reports = runs.map(({ stdout }) => JSON.parse(stdout) as Report);
  const photos = reports.reduce((sum, report) => sum + report.photos, 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const cpuSeconds = runs.flatMap((run) => run.cpuSeconds ?? []);
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    title,
    photosPerSecond: photos / seconds,
    faces: reports[0]!.faces,
    cpuSecondsPerPhoto: cpuSeconds.length > 0 ? cpuSeconds.reduce((sum, value) => sum + value, 0) / photos : null,
    peakBytes: peaks.length > 0 ? Math.max(...peaks) : null,
  };
}

/** Runs all over the folder in turns, so that whatever else the machine does hits all of them. */
async function compare(title: string, folder: string, rounds: number): Promise<(Tally & { ratio: number })[]> {
  const all = (await contestants()).map((contestant) => ({ ...contestant, runs: [] as Measured[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { scan, runs } of round % 2 === 1 ? all.toReversed() : all) runs.push(await scan(folder));
  }
  const tallies = all.map((contestant) => tally(contestant.title, contestant.runs));
  const script = tallies[0]!.photosPerSecond;
  const results = tallies.map((result) => ({ ...result, ratio: result.photosPerSecond / script }));
  console.log(`\n${title}`);
  printTable([
    ['', 'photos/s', 'times the script', 'faces', 'CPU s/photo', 'peak memory'],
    ...results.map(({ title, photosPerSecond, ratio, faces, cpuSecondsPerPhoto, peakBytes }) => [
      title,
      photosPerSecond.toFixed(2),
      ratio.toFixed(2),
      String(faces),
      cpuSecondsPerPhoto?.toFixed(3) ?? 'not measured',
      megabytes(peakBytes),
    ]),
  ]);
  printGain(results, 'Kindred, quick', 'Kindred, careful');
  printGain(results, 'Kindred, YuNet, quick', 'Kindred, YuNet, careful');
  return results;
}

function printGain(results: readonly Tally[], faster: string, slower: string): void {
  const [a, b] = [faster, slower].map((name) => results.find(({ title }) => title === name)?.photosPerSecond);
  if (a !== undefined && b !== undefined) console.log(`  ${faster}: ${(a / b).toFixed(2)} times ${slower}`);
}

/** Memory over one long scan: its peak, and how the last quarter compares with the second. */
async function watchMemory(folder: string, count: number): Promise<unknown> {
  const { samples, peakBytes, stdout, seconds } = await scanOnce(folder, builtInChoice);
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const quarter = Math.floor(samples.length / 4);
  const second = median(samples.slice(quarter, 2 * quarter));
  const last = median(samples.slice(3 * quarter));
  console.log(`\nMemory over ${count} photos of 24 megapixels`);
  if (samples.length === 0) console.log('  not measured: this system has no /proc');
  else {
    const tenth = samples.length / 10;
    const course = Array.from({ length: 10 }, (_, i) => megabytes(samples[Math.floor((i + 0.5) * tenth)]!));
    console.log(`  course: ${course.join(', ')}`);
    console.log(`  peak ${megabytes(peakBytes)}; last quarter / second quarter ${(last / second).toFixed(3)}`);
  }
  const { photos } = JSON.parse(stdout) as Report;
  return { photos, seconds, peakBytes, secondQuarterBytes: second, lastQuarterBytes: last, samples };
}

export const benchmark: Benchmark = {
  about: 'photos per second and memory of a scan, by models and care, against the obvious face-api script',
  async run({ quick, memory }) {
    if (!hasSharedData)
      console.log('The shared photos are not here: using sample photos, varied. Numbers will differ.');
    const rounds = quick ? 1 : 2;
    const small = quick ? 60 : 300;
    const large = quick ? 12 : 60;
    console.log('Preparing photos ...');
    const portraits = await portraitSet(small);
    const largePhotos = await largeSet(large);
    const results = {
      portraits: await compare(`(a) ${small} portraits of 250 pixels`, portraits, rounds),
      large: await compare(`(b) ${large} photos of 24 megapixels`, largePhotos, rounds),
    };
    if (!memory) return results;
    const many = quick ? 100 : 1000;
    return { ...results, memory: await watchMemory(await repeatedSet(largePhotos, many), many) };
  },
};

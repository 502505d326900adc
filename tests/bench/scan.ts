import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printTable, type Benchmark } from './benchmark.ts';
import { megabytes, runMeasured, type Measured } from './measured-process.ts';
import { hasSharedData, largeSet, portraitSet, repeatedSet } from './photo-sets.ts';

const kindred = new URL('../../app/hosts/cli/main.ts', import.meta.url);
const rival = new URL('./rivals/face-api-script.ts', import.meta.url);

interface Report {
  photos: number;
  faces: number;
}

/** All runs of one program over one folder. */
interface Tally {
  photosPerSecond: number;
  faces: number;
  cpuSecondsPerPhoto: number | null;
  peakBytes: number | null;
}

async function scanOnce(folder: string): Promise<Measured> {
  const library = await mkdtemp(join(tmpdir(), 'kindred-bench-library-'));
  try {
    return await runMeasured(kindred, ['scan', folder, '--library', library, '--json']);
  } finally {
    await rm(library, { recursive: true, force: true });
  }
}

function tally(runs: readonly Measured[]): Tally {
  const reports = runs.map(({ stdout }) => JSON.parse(stdout) as Report);
  const photos = reports.reduce((sum, report) => sum + report.photos, 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const cpuSeconds = runs.flatMap((run) => run.cpuSeconds ?? []);
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    photosPerSecond: photos / seconds,
    faces: reports[0]!.faces,
    cpuSecondsPerPhoto: cpuSeconds.length > 0 ? cpuSeconds.reduce((sum, value) => sum + value, 0) / photos : null,
    peakBytes: peaks.length > 0 ? Math.max(...peaks) : null,
  };
}

/** Runs both over the folder in turns, so that whatever else the machine does hits both. */
async function compare(
  title: string,
  folder: string,
  rounds: number,
): Promise<{ kindred: Tally; rival: Tally; ratio: number }> {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = [
      async () => ours.push(await scanOnce(folder)),
      async () => theirs.push(await runMeasured(rival, [folder])),
    ];
    if (round % 2 === 1) turns.reverse();
    for (const turn of turns) await turn();
  }
  const result = { kindred: tally(ours), rival: tally(theirs) };
  const ratio = result.kindred.photosPerSecond / result.rival.photosPerSecond;
  const row = (name: string, { photosPerSecond, faces, cpuSecondsPerPhoto, peakBytes }: Tally): string[] => [
    name,
    photosPerSecond.toFixed(2),
    String(faces),
    cpuSecondsPerPhoto?.toFixed(2) ?? 'not measured',
    megabytes(peakBytes),
  ];
  console.log(`\n${title}`);
  printTable([
    ['', 'photos/s', 'faces', 'CPU s/photo', 'peak memory'],
    row('kindred scan', result.kindred),
    row('face-api script', result.rival),
  ]);
  console.log(`  ratio ${ratio.toFixed(2)}`);
  return { ...result, ratio };
}

/** Memory over one long scan: its peak, and how the last quarter compares with the second. */
async function watchMemory(folder: string, count: number): Promise<unknown> {
  const { samples, peakBytes, stdout, seconds } = await scanOnce(folder);
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
  about: 'photos per second and memory of a scan, against the obvious face-api script',
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

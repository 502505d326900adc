import type { FetchProgress, ScanStatus, SwitchStatus } from '../../contract/dto.ts';
import type { LearningProgress } from '../../contract/learning.ts';
import type { Service } from '../../service/service-types.ts';

const linePauseMs = 5000;

/** Writes one line that rewrites itself in a terminal, a line every few seconds elsewhere. */
export interface ProgressWriter {
  write(status: ScanStatus): void;
  /** @param running more lines will follow */
  writeLine(text: string, running: boolean): void;
  /** Ends the line in hand. */
  end(): void;
}

export function createProgressWriter(out: NodeJS.WriteStream = process.stderr): ProgressWriter {
  let lastLine = -Infinity;
  let open = false;
  const end = (): void => {
    if (open) out.write('\n');
    open = false;
  };
  const writeLine = (text: string, running: boolean): void => {
    if (out.isTTY) {
      out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`);
      open = true;
      if (!running) end();
    } else if (!running || performance.now() - lastLine > linePauseMs) {
      lastLine = performance.now();
      out.write(`${text}\n`);
    }
  };
  return {
    write(status) {
      const running = status.phase === 'listing' || status.phase === 'indexing' || status.phase === 'grouping';
      writeLine(describe(status), running);
    },
    writeLine,
    end,
  };
}

/** Shows a service's scans, downloads, switches of models and trainings on stderr until the returned function is called. */
export function showProgress(service: Service): () => void {
  const writer = createProgressWriter();
  const unsubscribe = service.subscribe((event, payload) => {
    if (event === 'scan.progress') writer.write(payload as ScanStatus);
    else if (event === 'models.progress') writeSwitch(writer, payload as SwitchStatus);
    else if (event === 'learning.progress') writeLearning(writer, payload as LearningProgress);
    else if (event === 'models.fetching') {
      const { name, bytes, total } = payload as FetchProgress;
      writer.writeLine(`Downloading ${name}: ${Math.floor((100 * bytes) / total)} %`, bytes < total);
    }
  });
  return () => {
    unsubscribe();
    writer.end();
  };
}

function writeSwitch(writer: ProgressWriter, status: SwitchStatus): void {
  const { phase, done, total, photosPerSecond, secondsLeft } = status;
  if (phase === 'reading' && total > 0) {
    const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`;
    const speed = `${photosPerSecond.toFixed(1)} photos/s`;
    writer.writeLine(`Reading with the chosen models: ${count(done)} of ${count(total)} photos, ${speed}${left}`, true);
  } else if (phase === 'grouping') writer.writeLine('Grouping faces into people', true);
}

function writeLearning(writer: ProgressWriter, { phase, done, total, secondsLeft, curve }: LearningProgress): void {
  const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`;
  const last = curve.at(-1);
  const loss = last
    ? `, loss ${last.loss.toFixed(4)}, ${Math.round(100 * last.activeFraction)} % of triplets active`
    : '';
  const texts = {
    collecting: 'Reading what was decided',
    training: `Training: step ${count(done)} of ${count(total)}${loss}${left}`,
    measuring: 'Measuring on faces that were held out',
    embedding: `Embedding the faces of ${count(done)}${total > 0 ? ` of ${count(total)}` : ''} photos${left}`,
    grouping: 'Grouping faces into people',
  };
  writer.writeLine(texts[phase], true);
}

/** One line for people on how far a scan is. */
function describe(status: ScanStatus): string {
  switch (status.phase) {
    case 'idle':
      return 'Nothing to do.';
    case 'listing':
      return `Looking for photos: ${count(status.found)} found`;
    case 'indexing': {
      const left = status.secondsLeft === null ? '' : `, about ${duration(status.secondsLeft)} left`;
      return `${count(status.done)} of ${count(status.total)} photos, ${status.photosPerSecond.toFixed(1)} photos/s, ${count(status.facesFound)} faces, ${count(status.people)} people${failures(status)}${left}`;
    }
    case 'grouping':
      return `Grouping faces into people`;
    case 'paused':
      return `Paused at ${count(status.done)} of ${count(status.total)} photos.`;
    case 'cancelled':
      return `Stopped after ${count(status.done)} of ${count(status.total)} photos; the next scan goes on from here.`;
    case 'failed':
      return `The scan stopped: ${status.message ?? 'unknown reason'}`;
    case 'done':
      return `Done in ${duration(status.secondsElapsed)}: ${count(status.done)} photos read, ${count(status.unchanged)} unchanged, ${count(status.facesFound)} new faces, ${count(status.people)} people${failures(status)}`;
  }
}

function failures(status: ScanStatus): string {
  return status.failed === 0 ? '' : `, ${count(status.failed)} could not be read`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** Seconds as people say them: `45 s`, `3 min 20 s`, `2 h 5 min`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

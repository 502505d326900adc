import { resolve } from 'node:path';
import { examine } from '../../service/doctor.ts';

/** `kindred doctor`. */
export async function runDoctor(options: { library: string; json?: true }): Promise<void> {
  const report = await examine(resolve(options.library));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const { version, node, platform, cores, memoryGb, checks } = report;
  process.stdout.write(`Kindred ${version}, Node ${node}, ${platform}, ${cores} cores, ${memoryGb} GB\n`);
  for (const { name, ok, detail } of checks) process.stdout.write(`${ok ? '✓' : '✗'} ${name.padEnd(22)} ${detail}\n`);
}

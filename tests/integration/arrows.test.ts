import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

/** A small house in which every rule is broken once, and some arrows that are allowed. */
const files = {
  'app/contract/dto.ts': 'export const dto = 1;',
  'app/engine/tensors.worker.ts': 'export const worker = 1;',
  'app/store/connection.ts': "import Database from 'better-sqlite3'; export { Database };",
  'app/library/photos.ts': "import type { Faces } from '../faces/faces.ts'; export type Photos = Faces;",
  'app/library/raw.ts': "import Database from 'better-sqlite3'; export { Database };",
  'app/library/typed.ts': "import type { Database } from 'better-sqlite3'; export type { Database };",
  'app/faces/faces.ts':
    "import '@tensorflow/tfjs'; import { dto } from '../contract/dto.ts'; export type Faces = typeof dto;",
  'app/faces/up.ts': "import '../service/service.ts';",
  'app/people/a.ts': "import { b } from './b.ts'; export const a = b;",
  'app/people/b.ts': "import { a } from './a.ts'; export const b = a;",
  'app/people/people.store.ts': "import Database from 'better-sqlite3'; export { Database };",
  'app/search/search.ts': "import '@tensorflow/tfjs'; import '../faces/faces.ts';",
  'app/service/service.ts': "import '../search/search.ts'; import '../engine/tensors.worker.ts';",
  'app/hosts/web/web.ts': "import 'electron'; import '../../service/service.ts'; import 'vitest';",
  'app/hosts/electron/main.ts': "import 'electron'; import '../web/web.ts';",
  'renderer/page.ts': "import '../app/contract/dto.ts';",
  'renderer/peek.ts': "import 'node:fs'; import '../app/people/a.ts';",
};

describe('the arrows between folders', () => {
  const root = join(import.meta.dirname, '../..');
  let house: string;
  let broken: string[];

  beforeAll(async () => {
    house = await makeTemporaryFolder();
    cpSync(join(root, 'tsconfig.json'), join(house, 'tsconfig.json'));
    cpSync(join(root, 'package.json'), join(house, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'), 'junction');
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(house, path)), { recursive: true });
      writeFileSync(join(house, path), content);
    }
    const { forbidden = [], options } = await readConfiguration(root);
    const { output } = await cruise(['app', 'renderer'], {
      ...options,
      baseDir: house,
      ruleSet: { forbidden },
      validate: true,
    });
    if (typeof output === 'string') throw new Error(output);
    broken = output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  });

  afterAll(() => rmSync(house, { recursive: true }));

  it.each([
    'library-imports-only: app/library/photos.ts',
    'faces-imports-only: app/faces/up.ts',
    'database-in-stores-only: app/library/raw.ts',
    'tensorflow-in-engine-faces-learning-only: app/search/search.ts',
    'workers-are-entries: app/service/service.ts',
    'no-circular: app/people/a.ts',
    'electron-in-its-host-only: app/hosts/web/web.ts',
    'not-to-dev-dependency: app/hosts/web/web.ts',
    'renderer-imports-no-node: renderer/peek.ts',
    'renderer-imports-contract-only: renderer/peek.ts',
  ])('are held: %s', (violation) => {
    expect(broken).toContain(violation);
  });

  it('leave alone what is allowed', () => {
    const allowed = ['app/store/connection.ts', 'app/library/typed.ts', 'app/faces/faces.ts', 'renderer/page.ts'];
    allowed.push('app/people/people.store.ts', 'app/hosts/electron/main.ts');
    expect(broken.filter((violation) => allowed.some((path) => violation.endsWith(path)))).toEqual([]);
  });
});

async function readConfiguration(root: string): Promise<IConfiguration> {
  const file = pathToFileURL(join(root, '.dependency-cruiser.js')).href;
  return ((await import(/* @vite-ignore */ file)) as { default: IConfiguration }).default;
}

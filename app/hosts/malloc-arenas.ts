/**
 * Starts the process again, in place, with two malloc arenas. glibc gives every thread an arena of its own, and the pixels of
 * large photos, freed in another order than they were taken, leave holes in each of them: memory then grows by half a
 * megabyte with every photo scanned. The variable is read before a program's first line runs, hence the new start.
 *
 * Import it first, before anything that takes time to load.
 */
if (process.platform === 'linux' && process.env['MALLOC_ARENA_MAX'] === undefined) {
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...process.env,
    MALLOC_ARENA_MAX: '2',
  });
}

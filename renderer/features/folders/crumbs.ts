export interface Crumb {
  name: string;
  path: string;
}

/** The folders on the way to an absolute path, the top one first: `/`, `C:\` or `\\server\share`. */
export function crumbsOf(path: string): Crumb[] {
  const slash = /^([A-Za-z]:|\\\\)/.test(path) ? '\\' : '/';
  const parts = path.split(/[\\/]/).filter(Boolean);
  if (slash === '/') {
    return [
      { name: '/', path: '/' },
      ...parts.map((name, i) => ({ name, path: `/${parts.slice(0, i + 1).join('/')}` })),
    ];
  }
  // A server's name alone is no folder.
  const top = path.startsWith('\\\\') ? parts.splice(0, 2).join('\\') : (parts.shift() ?? '');
  const root = path.startsWith('\\\\') ? `\\\\${top}` : `${top}\\`;
  const join = (count: number): string => [root.replace(/\\$/, ''), ...parts.slice(0, count)].join('\\');
  return [{ name: root, path: root }, ...parts.map((name, i) => ({ name, path: join(i + 1) }))];
}

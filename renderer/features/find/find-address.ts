/** What is searched by: faces of the library, or faces of an image from outside by their index in it. */
export type FindQuery = { faces: readonly number[] } | { image: string; chosen: readonly number[] };

/** More faces at once than this are not searched by. */
export const mostFaces = 10;

export function findToQuery(query: FindQuery): string {
  if ('faces' in query) return query.faces.map((face) => `face=${face}`).join('&');
  return [`image=${query.image}`, ...query.chosen.map((index) => `choose=${index}`)].join('&');
}

/** Reads what `findToQuery` wrote; null where an address that was typed makes no sense. */
export function findFromQuery(text: string): FindQuery | null {
  const query = new URLSearchParams(text);
  const numbers = (key: string): number[] =>
    [...new Set(query.getAll(key).filter((value) => /^\d{1,15}$/.test(value)))].map(Number).slice(0, mostFaces);
  const image = query.get('image');
  if (image !== null && /^[\w-]{1,64}$/.test(image)) return { image, chosen: numbers('choose') };
  const faces = numbers('face').filter((id) => id > 0);
  return faces.length > 0 ? { faces } : null;
}

/** Two people become one: somebody with a name keeps it, and where both have one, the first does. */
export function whoKeepsTheName(
  first: { id: string; name: string },
  second: { id: string; name: string },
): { into: string; from: string } {
  const [into, from] = first.name === '' && second.name !== '' ? [second, first] : [first, second];
  return { into: into.id, from: from.id };
}

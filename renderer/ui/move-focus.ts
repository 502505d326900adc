/**
 * Moves the focus among the elements that match `selector` inside the event's own element: arrow keys to the nearest one
 * in that direction, Home and End to the first and last.
 */
export function moveFocus(event: KeyboardEvent, selector: string): void {
  const root = event.currentTarget as HTMLElement;
  const from = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...root.querySelectorAll<HTMLElement>(selector)];
  const to = target(event.key, all, from);
  if (to === undefined) return;
  event.preventDefault();
  to?.focus();
  to?.scrollIntoView({ block: 'nearest' });
}

/** Undefined for keys that mean nothing here, null where there is nothing in that direction. */
function target(key: string, all: HTMLElement[], from: HTMLElement): HTMLElement | null | undefined {
  const index = all.indexOf(from);
  switch (key) {
    case 'Home':
      return all[0] ?? null;
    case 'End':
      return all.at(-1) ?? null;
    case 'ArrowLeft':
      return all[index - 1] ?? null;
    case 'ArrowRight':
      return all[index + 1] ?? null;
    case 'ArrowUp':
      return nearestVertically(all, from, -1);
    case 'ArrowDown':
      return nearestVertically(all, from, 1);
    default:
      return undefined;
  }
}

function nearestVertically(all: HTMLElement[], from: HTMLElement, direction: 1 | -1): HTMLElement | null {
  const here = from.getBoundingClientRect();
  let best: HTMLElement | null = null;
  let bestDistance = Infinity;
  for (const other of all) {
    const rect = other.getBoundingClientRect();
    const down = (rect.top - here.top) * direction;
    // Less than half a height away is the same row.
    if (down < here.height / 2) continue;
    // The nearest row first, then the nearest column.
    const distance = down * 1000 + Math.abs(rect.left + rect.width / 2 - here.left - here.width / 2);
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
  }
  return best;
}

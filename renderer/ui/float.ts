import type { Attachment } from 'svelte/attachments';

const margin = 8;

/**
 * Shows a `popover` element in front of everything, under an element (above it where there is no room), and keeps it there
 * while things scroll.
 *
 * @param align which edges are in line
 */
export function floatUnder(
  anchor: () => HTMLElement | undefined,
  align: 'start' | 'center' | 'end' = 'start',
): Attachment<HTMLElement> {
  return (element) => {
    const place = (): void => {
      const from = anchor()?.getBoundingClientRect();
      if (!from) return;
      const { offsetWidth: width, offsetHeight: height } = element;
      const below = from.bottom + 6;
      const above = from.top - 6 - height;
      const left = { start: from.left, center: from.left + (from.width - width) / 2, end: from.right - width }[align];
      element.style.left = `${Math.max(margin, Math.min(left, innerWidth - width - margin))}px`;
      const lowest = innerHeight - margin - height;
      const top = below <= lowest || above <= margin ? Math.max(margin, Math.min(below, lowest)) : above;
      element.style.top = `${top}px`;
    };
    element.showPopover();
    place();
    const observer = new ResizeObserver(place);
    observer.observe(element);
    window.addEventListener('scroll', place, { capture: true, passive: true });
    window.addEventListener('resize', place);
    return () => {
      observer.disconnect();
      window.removeEventListener('scroll', place, { capture: true });
      window.removeEventListener('resize', place);
    };
  };
}

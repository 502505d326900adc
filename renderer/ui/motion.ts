const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');

/** A duration in ms, or 0 for those who asked their system for less motion. */
export const motion = (duration: number): number => (reduced.matches ? 0 : duration);

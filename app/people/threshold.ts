/**
 * Squared L2 distance (0..4) under which groups of faces unite, for the built-in face model. Tuned on `lfw-dev`, where 0.115
 * to 0.125 are about as good; see docs/accuracy.md.
 */
export const defaultThreshold = 0.12;

/** Thresholds that can sensibly be chosen: from nearly everybody apart to strangers in one group. */
export const thresholdRange = { lowest: 0.06, highest: 0.18 } as const;

/**
 * Quality (0..1) from which a face may found a group; a poorer one can only join. On `lfw-dev` one face in a hundred is
 * poorer: profiles, and faces smaller than their pixels tell. Up to 0.1 it makes no difference there.
 */
export const foundingQuality = 0.05;

/** The shipped threshold of the built-in models, on whose scale every distance that is written into this code is. */
const builtInStandard = 0.1125;
/** Thresholds of the built-in models that can sensibly be chosen: from nearly everybody apart to strangers in one group. */
const builtInRange = { lowest: 0.06, highest: 0.18 } as const;
/** Squared L2 of two embeddings that have nothing to do with one another, where a network uses the whole sphere. */
const strangersAt = 2;
/** How much of the way from the threshold to there is looked at. */
const lookedAt = 0.5;
/** As far as people look with the built-in models: groups whose average distance is larger are not asked about. */
const builtInReach = 0.2;

/**
 * How the distances of a model compare with those of the built-in one. Each network spreads people over the sphere in its own
 * way; what it calls one person is told by its threshold. Nearer than that, distances are in proportion. Beyond it a network
 * that spreads widely has less room left before everybody is a stranger to everybody, and the scale is compressed.
 */
export class DistanceScale {
  /** Squared L2 (0..4): the threshold that the model comes with. */
  readonly standard: number;
  /** Squared L2 (0..4): groups whose average distance is larger are not asked about. */
  readonly reach: number;
  readonly #near: number;
  readonly #far: number;

  constructor(standard: number = builtInStandard) {
    this.standard = standard;
    this.#near = standard / builtInStandard;
    const room = Math.max((strangersAt - standard) * lookedAt, 0.05 * standard);
    this.#far = Math.min(this.#near, room / (builtInReach - builtInStandard));
    this.reach = this.#fromBuiltIn(builtInReach);
  }

  /** Thresholds that can sensibly be chosen. */
  range(): { lowest: number; highest: number } {
    const { lowest, highest } = builtInRange;
    return { lowest: this.#fromBuiltIn(lowest), highest: this.#fromBuiltIn(highest) };
  }

  /** What a distance of the model's would be with the built-in one. */
  toBuiltIn(distance: number): number {
    // Not through a sum, so that the built-in's own distances come out as they are.
    if (this.#near === this.#far || distance <= this.standard) return distance / this.#near;
    return builtInStandard + (distance - this.standard) / this.#far;
  }

  #fromBuiltIn(distance: number): number {
    if (this.#near === this.#far || distance <= builtInStandard) return distance * this.#near;
    return this.standard + (distance - builtInStandard) * this.#far;
  }
}

/**
 * Quality (0..1) from which a face may found a group; a poorer one can only join. Under it, seven comparisons in a hundred or
 * more are expected to go wrong: faces of 20 pixels, strong blur, profiles. On `lfw-dev` one face in 400 is poorer, and up to
 * 0.4 it makes no difference there.
 */
export const foundingQuality = 0.3;

import tf from '@tensorflow/tfjs';

/** The moments of each variable, in their order: as much as it takes to go on from. */
export interface AdamState {
  first: Float32Array[];
  second: Float32Array[];
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-7;

/**
 * Adam (Kingma and Ba, 2015). TensorFlow.js has one, whose running powers of the betas come back a little otherwise after
 * `setWeights`; this one works them out from the step, so that an interrupted training ends with the very same weights.
 */
export class Adam {
  readonly #variables: readonly tf.Variable[];
  readonly #first: tf.Variable[];
  readonly #second: tf.Variable[];

  constructor(variables: readonly tf.Variable[], state?: AdamState) {
    this.#variables = variables;
    const moments = (stored: readonly Float32Array[] | undefined): tf.Variable[] =>
      variables.map(({ shape }, i) => {
        const initial = stored ? tf.tensor(stored[i]!, shape) : tf.zeros(shape);
        const variable = tf.variable(initial, false);
        initial.dispose();
        return variable;
      });
    this.#first = moments(state?.first);
    this.#second = moments(state?.second);
  }

  /**
   * @param gradients in the order of the variables
   * @param step of this update, from 1
   */
  apply(gradients: readonly tf.Tensor[], rate: number, step: number): void {
    const size = (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    tf.tidy(() => {
      for (const [i, variable] of this.#variables.entries()) {
        const [first, second, gradient] = [this.#first[i]!, this.#second[i]!, gradients[i]!];
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        variable.assign(tf.sub(variable, tf.div(tf.mul(first, size), tf.add(tf.sqrt(second), epsilon))));
      }
    });
  }

  async state(): Promise<AdamState> {
    return { first: await valuesOf(this.#first), second: await valuesOf(this.#second) };
  }

  dispose(): void {
    tf.dispose([this.#first, this.#second]);
  }
}

/** The numbers of each variable. */
export async function valuesOf(variables: readonly tf.Variable[]): Promise<Float32Array[]> {
  const values: Float32Array[] = [];
  for (const variable of variables) values.push(Float32Array.from(await variable.data()));
  return values;
}

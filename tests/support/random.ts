export { createRandom, gaussian } from '../../app/learning/random.ts';

import fc from 'fast-check';

/**
 * Property tests draw the same cases every time, so that a change is judged by what it changes. `KINDRED_SEED` draws others;
 * what fails then is a case to keep as a test of its own.
 */
fc.configureGlobal({ seed: Number(process.env['KINDRED_SEED'] ?? 20_261_125) });

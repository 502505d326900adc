import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 3,
  sql: `
    -- What was trained, or came from a file. The numbers are in models/versions/<id>.safetensors.
    CREATE TABLE model_versions (
      id TEXT PRIMARY KEY,
      -- In the order in which they came, for the name.
      number INTEGER NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('head', 'finetune', 'scratch')),
      -- A refused or discarded one has no file and no embeddings any more, only its report.
      status TEXT NOT NULL CHECK (status IN ('candidate', 'kept', 'refused', 'discarded', 'removing')),
      imported INTEGER NOT NULL DEFAULT 0,
      -- The name of its embeddings and analyses.
      model TEXT NOT NULL,
      -- What its file says of itself, as JSON, see app/faces/models/version-file.ts.
      info TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      -- What was in use before it was last activated: another version, or '' for the models as they came.
      replaced TEXT
    ) WITHOUT ROWID;

    CREATE TABLE training_runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      -- ISO time.
      started TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'refused', 'failed', 'cancelled')),
      kind TEXT NOT NULL,
      -- As JSON: what it was started with, so that it can go on.
      options TEXT NOT NULL,
      -- The last entry of the history that it takes into account.
      last_decision INTEGER NOT NULL,
      -- Seconds of work, those before a break too.
      seconds REAL NOT NULL DEFAULT 0,
      version TEXT,
      -- Why it failed, in plain words.
      message TEXT,
      -- As JSON, see LearningReport in the contract.
      report TEXT
    );
    CREATE INDEX training_runs_by_version ON training_runs (version);
  `,
};

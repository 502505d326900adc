import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 2,
  sql: `
    -- Which models have looked for faces in a photo; one without faces has no embedding to tell.
    CREATE TABLE analyses (
      photo_id INTEGER NOT NULL REFERENCES photos (id),
      model TEXT NOT NULL,
      PRIMARY KEY (photo_id, model)
    ) WITHOUT ROWID;

    INSERT INTO analyses SELECT DISTINCT faces.photo_id, embeddings.model
      FROM embeddings JOIN faces ON faces.id = embeddings.face_id;
    -- Until now every photo of a library was read with the same models.
    INSERT INTO analyses SELECT id,
        coalesce((SELECT model FROM embeddings GROUP BY model ORDER BY count(*) DESC, model LIMIT 1), pipeline)
      FROM photos WHERE id NOT IN (SELECT photo_id FROM analyses);

    -- What the last layer of a model makes the embedding of, for models that tell: learning starts from it.
    CREATE TABLE features (
      face_id INTEGER NOT NULL REFERENCES faces (id),
      model TEXT NOT NULL,
      vector BLOB NOT NULL,
      PRIMARY KEY (face_id, model)
    ) WITHOUT ROWID;

    -- A threshold that somebody moved holds for the models it was moved with.
    UPDATE settings SET key = 'threshold:'
        || (SELECT model FROM embeddings GROUP BY model ORDER BY count(*) DESC, model LIMIT 1)
      WHERE key = 'threshold' AND EXISTS (SELECT 1 FROM embeddings);
  `,
};

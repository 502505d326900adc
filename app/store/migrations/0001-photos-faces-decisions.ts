import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 1,
  sql: `
    CREATE TABLE folders (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      removed INTEGER NOT NULL DEFAULT 0,
      -- It is the root of a drive: where nothing is mounted there, the drive is away and not emptied.
      mounted INTEGER NOT NULL DEFAULT 0
    );

    -- One row per content: a moved or renamed file keeps its photo, and with it its faces.
    CREATE TABLE photos (
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      bytes INTEGER NOT NULL,
      format TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      taken_at TEXT,
      camera TEXT,
      lens TEXT,
      exposure TEXT,
      latitude REAL,
      longitude REAL,
      -- Nine colours, see app/library/sketch.ts.
      sketch BLOB NOT NULL,
      -- Place in the timeline, local wall-clock time: when it was taken, else the file's date when it was first seen.
      timeline_at TEXT NOT NULL,
      pipeline TEXT NOT NULL
    );
    CREATE INDEX photos_by_time ON photos (timeline_at DESC, id DESC);
    CREATE INDEX photos_by_bytes ON photos (bytes);

    -- One row per path and folder of the library: folders may lie in one another and come and go by themselves.
    CREATE TABLE files (
      id INTEGER PRIMARY KEY,
      folder_id INTEGER NOT NULL REFERENCES folders (id),
      path TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      mtime_ms REAL NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('pending', 'indexed', 'failed', 'missing')),
      photo_id INTEGER REFERENCES photos (id),
      failure_kind TEXT,
      failure_message TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      UNIQUE (folder_id, path)
    );
    CREATE INDEX files_by_path ON files (path);
    CREATE INDEX files_by_photo ON files (photo_id);
    CREATE INDEX files_by_status ON files (status);

    -- The files that make a photo visible. A changed file goes on showing what it was until it has been read again.
    CREATE VIEW visible_files AS
      SELECT files.* FROM files JOIN folders ON folders.id = files.folder_id
      WHERE files.photo_id IS NOT NULL AND files.status IN ('indexed', 'pending') AND folders.removed = 0;

    -- What the last listing of a folder could not look into: sub-folders, links, names.
    CREATE TABLE listing_problems (
      folder_id INTEGER NOT NULL REFERENCES folders (id),
      path TEXT NOT NULL,
      kind TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (folder_id, path)
    ) WITHOUT ROWID;

    CREATE TABLE faces (
      id INTEGER PRIMARY KEY,
      photo_id INTEGER NOT NULL REFERENCES photos (id),
      -- Position among the photo's faces, which also names the cached crop.
      ordinal INTEGER NOT NULL,
      x REAL NOT NULL,
      y REAL NOT NULL,
      w REAL NOT NULL,
      h REAL NOT NULL,
      -- Ten float32: five points (left eye, right eye, nose tip, left and right mouth corner) as seen in the photo.
      landmarks BLOB NOT NULL,
      score REAL NOT NULL,
      quality REAL NOT NULL,
      size_px REAL NOT NULL,
      sharpness REAL NOT NULL,
      pose REAL NOT NULL,
      origin TEXT NOT NULL CHECK (origin IN ('detected', 'drawn', 'imported')),
      UNIQUE (photo_id, ordinal)
    );

    CREATE TABLE embeddings (
      face_id INTEGER NOT NULL REFERENCES faces (id),
      model TEXT NOT NULL,
      vector BLOB NOT NULL,
      PRIMARY KEY (face_id, model)
    ) WITHOUT ROWID;

    -- Append-only: what the user said. Never updated, never deleted.
    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    );
    CREATE TRIGGER decisions_keep BEFORE DELETE ON decisions BEGIN
      SELECT RAISE(ABORT, 'decisions are never deleted');
    END;
    CREATE TRIGGER decisions_fixed BEFORE UPDATE ON decisions BEGIN
      SELECT RAISE(ABORT, 'decisions are never changed');
    END;

    -- The last grouping (label: smallest face id of the group) and what it was computed from: a cache, so that a start
    -- need not wait for a new one.
    CREATE TABLE groups (
      face_id INTEGER PRIMARY KEY REFERENCES faces (id),
      label INTEGER NOT NULL,
      centre_distance REAL NOT NULL
    );
    CREATE TABLE grouping (fingerprint TEXT NOT NULL);

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) WITHOUT ROWID;
  `,
};

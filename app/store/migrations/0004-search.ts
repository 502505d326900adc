import type { Migration } from '../migrate.ts';

/**
 * A file's path from the name of the library's folder on, such as `Pictures/2004/beach.jpg`: what lies above is the same for
 * all, and its words (a home folder is often called like a person) would lead to everything.
 */
const words = (path: string, folder: string): string =>
  `substr(${path}, length(rtrim(${folder}, replace(replace(${folder}, '/', ''), '\\', ''))) + 1)`;

const newWords = `INSERT INTO file_words (rowid, words)
      SELECT new.id, ${words('new.path', 'path')} FROM folders WHERE id = new.folder_id;`;

export const migration: Migration = {
  version: 4,
  sql: `
    -- The words of folder and file names, by id of the file; the text itself is in files. Kept in step by the triggers below.
    CREATE VIRTUAL TABLE file_words USING fts5 (
      words, content = '', contentless_delete = 1, prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2'
    );
    INSERT INTO file_words (rowid, words)
      SELECT files.id, ${words('files.path', 'folders.path')} FROM files JOIN folders ON folders.id = files.folder_id;
    CREATE TRIGGER file_words_added AFTER INSERT ON files BEGIN
      ${newWords}
    END;
    CREATE TRIGGER file_words_moved AFTER UPDATE OF id, path, folder_id ON files BEGIN
      DELETE FROM file_words WHERE rowid = old.id;
      ${newWords}
    END;
    CREATE TRIGGER file_words_removed AFTER DELETE ON files BEGIN
      DELETE FROM file_words WHERE rowid = old.id;
    END;

    -- Filters that were kept under a name.
    CREATE TABLE smart_albums (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      -- As JSON, see photoFilter in the contract.
      filter TEXT NOT NULL
    );
  `,
};

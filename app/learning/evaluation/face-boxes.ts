import { parse } from 'csv-parse/sync';
import sax, { type Tag } from 'sax';
import { KindredError } from '../../contract/errors.ts';
import type { TrueBox } from './detection.ts';

/** A photo whose faces somebody marked. */
export interface BoxedPhoto {
  /** Path as written, relative to the folder of photos. */
  file: string;
  /** Where it is named first, from 1. */
  line: number;
  /** In pixels of the full-size photo as it is looked at. */
  boxes: TrueBox[];
}

/**
 * Reads marked faces: the XML of dlib's imglab, or comma-separated values with a header line `file,x,y,width,height`, in
 * which a photo without faces is a line with its name alone. Which of the two it is, the first character tells.
 *
 * @param name of the file, for messages
 * @returns the photos in the order in which they are named
 * @throws KindredError `invalid-input`, naming the file and the line that is wrong
 */
export function parseFaceBoxes(text: string, name: string): BoxedPhoto[] {
  const content = text.replace(/^\uFEFF/, '');
  // What the file says is quoted, as it may hold control characters, which must not reach a terminal.
  const problem: Problem = (line, message) =>
    new KindredError('invalid-input', `${name}, line ${line}: ${message}`, { file: name, line });
  const photos = content.trimStart().startsWith('<') ? parseImglab(content, problem) : parseCsv(content, problem);
  if (photos.length === 0) throw problem(1, 'There are no photos in this file.');
  return photos;
}

type Problem = (line: number, message: string) => KindredError;

function parseImglab(text: string, problem: Problem): BoxedPhoto[] {
  const photos = new Map<string, BoxedPhoto>();
  let current: BoxedPhoto | undefined;
  let depth = 0;
  const xml = sax.parser(true);
  // sax counts lines from 0.
  const line = (): number => xml.line + 1;
  xml.onerror = ({ message }) => {
    throw problem(line(), `This is not well-formed XML (${message.split('\n')[0]}).`);
  };
  xml.onopentag = (tag) => {
    const { name, attributes } = tag as Tag;
    if (depth === 0 && name !== 'dataset') {
      throw problem(line(), `Boxes in XML should be in a <dataset>, as imglab writes them, but this is a <${name}>.`);
    }
    depth += 1;
    if (name === 'image') {
      const file = attributes['file'] ?? '';
      if (file === '') throw problem(line(), 'This <image> names no file.');
      const before = photos.get(file);
      if (before) throw problem(line(), `${JSON.stringify(file)} is already named in line ${before.line}.`);
      current = { file, line: line(), boxes: [] };
      photos.set(file, current);
    } else if (name === 'box') {
      if (!current) throw problem(line(), 'This <box> is in no <image>.');
      current.boxes.push(boxOf((field) => attributes[field], imglabFields, attributes['ignore'], line(), problem));
    }
  };
  xml.onclosetag = (name) => {
    depth -= 1;
    if (name === 'image') current = undefined;
  };
  xml.write(text).close();
  return [...photos.values()];
}

function parseCsv(text: string, problem: Problem): BoxedPhoto[] {
  const rows: { fields: string[]; line: number }[] = [];
  try {
    parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (fields: string[], { lines }) => {
        rows.push({ fields, line: lines });
        return fields;
      },
    });
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    const reason = error instanceof Error ? error.message : String(error);
    throw problem(line, `This is not a line of comma-separated values (${reason}).`);
  }
  const [header = { fields: [], line: 1 }, ...lines] = rows;
  if (!csvFields.every((field) => header.fields.includes(field))) {
    throw problem(header.line, `The header line should be "${csvFields.join(',')}".`);
  }
  const photos = new Map<string, BoxedPhoto>();
  for (const { fields, line } of lines) {
    if (fields.length > header.fields.length) {
      throw problem(line, `There are ${fields.length} fields, but ${header.fields.length} in the header line.`);
    }
    const value = (field: string): string | undefined => fields[header.fields.indexOf(field)];
    const file = value('file') ?? '';
    if (file === '') throw problem(line, 'No file is named here.');
    const photo = photos.get(file);
    if (csvFields.every((field) => field === 'file' || !value(field))) {
      if (photo)
        throw problem(
          line,
          `${JSON.stringify(file)} is without faces here, but is already named in line ${photo.line}.`,
        );
      photos.set(file, { file, line, boxes: [] });
    } else {
      if (photo?.boxes.length === 0)
        throw problem(line, `${JSON.stringify(file)} is without faces in line ${photo.line}.`);
      const box = boxOf(value, { x: 'x', y: 'y', width: 'width', height: 'height' }, undefined, line, problem);
      if (photo) photo.boxes.push(box);
      else photos.set(file, { file, line, boxes: [box] });
    }
  }
  return [...photos.values()];
}

const csvFields = ['file', 'x', 'y', 'width', 'height'];
const imglabFields = { x: 'left', y: 'top', width: 'width', height: 'height' };

function boxOf(
  value: (field: string) => string | undefined,
  names: { x: string; y: string; width: string; height: string },
  ignore: string | undefined,
  line: number,
  problem: Problem,
): TrueBox {
  const read = (field: string): number => {
    const text = value(field)?.trim() ?? '';
    const number = Number(text);
    if (text === '' || !Number.isFinite(number)) {
      throw problem(line, `A box needs a number for its ${field}, but has ${JSON.stringify(text)}.`);
    }
    return number;
  };
  const box = { x: read(names.x), y: read(names.y), width: read(names.width), height: read(names.height) };
  if (box.width <= 0 || box.height <= 0) throw problem(line, 'A box must be wider and higher than 0.');
  if (ignore !== undefined && !/^(0|1|true|false)$/i.test(ignore)) {
    throw problem(line, `"ignore" should be 1 or 0, but is ${JSON.stringify(ignore)}.`);
  }
  return { ...box, ignore: ignore !== undefined && /^(1|true)$/i.test(ignore) };
}

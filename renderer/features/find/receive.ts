import type { ErrorData } from '../../../app/contract/errors.ts';
import { maxQueryBytes, queryPath, type ReceivedImage } from '../../../app/contract/wire.ts';

/**
 * Hands an image to the service, which looks at it and does not keep it.
 *
 * @returns the id that it goes by while it is open
 * @throws Error with a message for people
 */
export async function sendImage(file: Blob): Promise<string> {
  if (file.size === 0) throw new Error('This file is empty.');
  if (file.size > maxQueryBytes) throw new Error('This file is too large: up to 200 MB can be looked at.');
  let response: Response;
  try {
    response = await fetch(queryPath, { method: 'POST', body: file });
  } catch {
    // A folder, or a file that is gone, cannot be read, and nor can anything be sent where the connection is lost.
    throw new Error('This could not be sent to Kindred. If it is a folder, add it under Folders instead.');
  }
  const reply = (await response.json().catch(() => null)) as Partial<ReceivedImage & ErrorData> | null;
  if (response.ok && reply?.image !== undefined) return reply.image;
  throw new Error(reply?.message ?? 'This file could not be looked at.');
}

/** The first image among what was dropped or pasted; any file where none says that it is one, as names may be wrong. */
export function imageIn(data: DataTransfer | null): File | undefined {
  const files = [...(data?.files ?? [])];
  return files.find(({ type }) => type.startsWith('image/')) ?? files[0];
}

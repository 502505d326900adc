import { KindredError, toErrorData, type ErrorData } from '../contract/errors.ts';
import type { ReceivedImage } from '../contract/wire.ts';

/** Takes the bytes of an image to search with, and gives it an id. Rejects as `Service.receiveImage` does. */
export interface ImageReceiver {
  receiveImage(bytes: AsyncIterable<Uint8Array>): Promise<string>;
}

/** What a host answers to who posts an image. */
export interface QueryAnswer {
  /** Of HTTP. */
  status: number;
  answer: ReceivedImage | ErrorData;
}

/** Receives an image that is posted; errors become answers. */
export async function receiveQuery(
  receiver: ImageReceiver,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<QueryAnswer> {
  try {
    return { status: 200, answer: { image: await receiver.receiveImage(asBytes(body)) } };
  } catch (error) {
    return { status: statusOf(error), answer: toErrorData(error) };
  }
}

/** Answers by the length that was announced, before any of it is read. */
export function refuseTooLarge(): QueryAnswer {
  return {
    status: 413,
    answer: {
      kind: 'invalid-input',
      message: 'The image has more than 200 MB, which is more than Kindred searches with.',
    },
  };
}

async function* asBytes(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* body;
}

function statusOf(error: unknown): number {
  if (!(error instanceof KindredError)) return 500;
  switch (error.kind) {
    case 'invalid-input':
      return error.details?.['reason'] === 'too-large' ? 413 : 400;
    case 'disk-full':
      return 507;
    case 'disconnected':
      return 503;
    default:
      return 500;
  }
}

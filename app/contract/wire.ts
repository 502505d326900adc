import type { ErrorData } from './errors.ts';
import type { EventName, Events } from './events.ts';
import type { ProcedureName } from './procedures.ts';

/** What travels over a MessagePort (as structured clones) or a WebSocket (as JSON). */
export interface RequestMessage {
  id: number;
  procedure: ProcedureName;
  input?: unknown;
}

export type ResponseMessage = { id: number; result: unknown } | { id: number; error: ErrorData };

export type EventMessage = { [Name in EventName]: { event: Name; payload: Events[Name] } }[EventName];

export type ServerMessage = ResponseMessage | EventMessage;

/**
 * Where an image to search with is sent: `POST`, the bytes of the file as the body, at most {@link maxQueryBytes}. Answers
 * with a {@link ReceivedImage}, or with another status than 200 and an `ErrorData`, both as JSON.
 */
export const queryPath = '/media/query';

/** Far more than a camera makes of one photo. */
export const maxQueryBytes = 200 * 1024 * 1024;

/** An image that is there to be searched with. */
export interface ReceivedImage {
  /** For `search.image` and `mediaPaths.query`. */
  image: string;
}

/** Paths of pictures, the same under every host: `/media/thumbnail/7`, `/media/photo/7`, `/media/face/12`. */
export const mediaPaths = {
  /** JPEG, long side at most 640 px. */
  thumbnail: (photoId: number): string => `/media/thumbnail/${photoId}`,
  /** The photo itself where a browser can show it, else a JPEG made from it. */
  photo: (photoId: number): string => `/media/photo/${photoId}`,
  /** Square JPEG, 256 px, the face in the middle with a margin. */
  face: (faceId: number): string => `/media/face/${faceId}`,
  /** JPEG, long side at most 2048 px, of an image that is searched with. */
  query: (image: string): string => `${queryPath}/${image}`,
} as const;

import type { DecisionResult, PhotoFace, RelativeBox } from '../../../app/contract/dto.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import type { DecisionsState } from '../decisions/decisions.svelte.ts';

/** A box that is being drawn or moved. */
export interface FaceEdit {
  photoId: number;
  /** Null for a face that is drawn. */
  faceId: number | null;
  /** Where it begins; null for the middle of what is seen. */
  box: RelativeBox | null;
}

/** Drawing a face that was missed, or giving one another box. */
export class FaceEdits {
  editing = $state.raw<FaceEdit | null>(null);
  /** What was taken, while the face in it is being read. */
  reading = $state.raw<FaceEdit | null>(null);
  readonly #client: Client;
  readonly #toasts: Toasts;
  readonly #decisions: DecisionsState;

  constructor(client: Client, toasts: Toasts, decisions: DecisionsState) {
    this.#client = client;
    this.#toasts = toasts;
    this.#decisions = decisions;
  }

  draw(photoId: number): void {
    if (this.reading === null) this.editing = { photoId, faceId: null, box: null };
  }

  move(photoId: number, face: PhotoFace): void {
    if (this.reading === null) this.editing = { photoId, faceId: face.id, box: face.box };
  }

  cancel(): void {
    this.editing = null;
  }

  /**
   * Takes the box, and offers to undo it.
   *
   * @returns the id of the face; null where it could not be taken, and the box is open for another try
   */
  async take(box: RelativeBox): Promise<number | null> {
    const edit = this.editing;
    if (!edit) return null;
    const { photoId, faceId } = edit;
    this.editing = null;
    this.reading = { ...edit, box };
    try {
      const taken =
        faceId === null
          ? await this.#client.call('faces.draw', { photo: photoId, box })
          : await this.#client.call('faces.move', { face: faceId, box });
      this.#tell(taken);
      return taken.faceId;
    } catch (error) {
      this.#toasts.error(error);
      this.editing = { photoId, faceId, box };
      return null;
    } finally {
      this.reading = null;
    }
  }

  #tell({ text, entry }: DecisionResult): void {
    if (entry === null) return;
    this.#toasts.show(`${text}.`, { label: 'Undo', run: () => void this.#decisions.undo(entry) });
  }
}

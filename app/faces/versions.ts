/**
 * Version of everything from detection to embedding. It is stored with every photo; change it whenever the same photo
 * would give other faces.
 */
export const pipelineVersion = 'face-api-2';

/** Version of the embedding alone: distances between embeddings of different models mean nothing. */
export const embeddingModel = 'dlib-resnet-v1+mirror';

/** Length of an embedding. */
export const embeddingDimension = 128;

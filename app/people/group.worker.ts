import { clusterFaces } from './cluster.ts';
import type { FacePair } from './constraints.ts';
import { centreDistances } from './cover.ts';
import type { GroupCount, GroupRequest, GroupResult } from './group-messages.ts';
import { NeighbourGraph } from './neighbours.ts';

/** Squared L2 (0..4) up to which neighbours are kept from the start: what people may want to try, with room to spare. */
const usualRadius = 0.2;

/** The faces of this thread, in the order of their ids. */
interface FaceColumns {
  ids: number[];
  photos: number[];
  founding: number[];
  graph: NeighbourGraph;
}

let faces: FaceColumns | undefined;

/** Entry of the grouping thread, called once per message. The faces live as long as the thread. */
export default function group(request: GroupRequest): GroupResult | GroupCount {
  if (request.kind === 'reset') {
    const { dimension } = request;
    const graph = new NeighbourGraph({ dimension, radius: usualRadius });
    faces = { ids: [], photos: [], founding: [], graph };
    return { count: 0 };
  }
  if (!faces) throw new Error('the grouping thread was not reset before its first use');
  return request.kind === 'append' ? append(faces, request) : cluster(faces, request);
}

function append(to: FaceColumns, request: Extract<GroupRequest, { kind: 'append' }>): GroupCount {
  for (const id of request.faceIds) to.ids.push(id);
  for (const photo of request.photoIds) to.photos.push(photo);
  for (const founding of request.founding) to.founding.push(founding);
  to.graph.add(request.embeddings);
  return { count: to.ids.length };
}

function cluster(
  columns: FaceColumns,
  { threshold, same, different }: Extract<GroupRequest, { kind: 'cluster' }>,
): GroupResult {
  const { ids, photos, founding } = columns;
  if (threshold > columns.graph.radius) columns.graph = widened(columns.graph, threshold);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const toIndices = (pairs: readonly FacePair[]): FacePair[] =>
    pairs.flatMap(([a, b]) => {
      const pair = [indexOf.get(a), indexOf.get(b)];
      return pair[0] === undefined || pair[1] === undefined ? [] : [[pair[0], pair[1]] as const];
    });
  const { embeddings, dimension } = columns.graph;
  const set = { embeddings, dimension, photos: Int32Array.from(photos), founding: Uint8Array.from(founding) };
  const { labels, contradictions } = clusterFaces(set, columns.graph.within(threshold), {
    threshold,
    same: toIndices(same),
    different: toIndices(different),
  });
  return {
    faceIds: Int32Array.from(ids),
    labels: labels.map((label) => ids[label]!),
    centreDistances: centreDistances({ embeddings, dimension }, labels),
    contradictions: contradictions.map(([a, b]) => [ids[a]!, ids[b]!]),
  };
}

/** The graph of the same faces, with a larger radius. */
function widened({ dimension, embeddings }: NeighbourGraph, radius: number): NeighbourGraph {
  const graph = new NeighbourGraph({ dimension, radius });
  graph.add(embeddings);
  return graph;
}

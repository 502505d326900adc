import { GroupedFaces } from './grouped-faces.ts';
import type { GroupAnswers, GroupRequest } from './group-messages.ts';
import { DistanceScale } from './threshold.ts';

let faces: GroupedFaces | undefined;

/** Entry of the grouping thread, called once per message. The faces live as long as the thread. */
export default function group(request: GroupRequest): GroupAnswers[GroupRequest['kind']] {
  if (request.kind === 'reset') {
    faces = new GroupedFaces(request.dimension, new DistanceScale(request.standard));
    return { count: 0 };
  }
  if (!faces) throw new Error('the grouping thread was not reset before its first use');
  switch (request.kind) {
    case 'append':
      return faces.append(request);
    case 'hide':
      return faces.hide(request.faceIds);
    case 'group':
      return faces.group(request.threshold, request.statements);
    case 'preview':
      return faces.preview(request.threshold);
    case 'review':
      return faces.review(new Set(request.skip));
    case 'similar':
      return faces.similar(request.face, request.limit);
    case 'split':
      return faces.split(request.faces);
    case 'nearest':
      return faces.nearest(request.face, request.among, request.limit);
  }
}

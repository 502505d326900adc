import type { PhotoDetail, PhotoFace } from '../../../app/contract/dto.ts';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { MenuItem } from '../../ui/menu.ts';

export interface FaceActions {
  name: (face: PhotoFace) => void;
  open: (face: PhotoFace) => void;
  find: (face: PhotoFace) => void;
  move: (face: PhotoFace) => void;
  decide: (decision: DecisionRequest) => void;
}

/** What can be said about a face in a photo. */
export function faceMenu(face: PhotoFace, act: FaceActions): MenuItem[] {
  const { id, personId, personName: name } = face;
  const faces = [id];
  if (face.standing !== 'person') {
    return [{ label: 'Bring back', icon: 'undo', run: () => act.decide({ kind: 'restore', faces }) }];
  }
  const items: MenuItem[] = [];
  if (name !== '' && !face.confirmed) {
    items.push({
      label: `Yes, this is ${name}`,
      icon: 'check',
      run: () => act.decide({ kind: 'confirm', person: personId, faces }),
    });
  }
  if (name !== '') {
    items.push({
      label: `Not ${name}`,
      icon: 'not-person',
      run: () => act.decide({ kind: 'reject', person: personId, faces }),
    });
  }
  items.push(
    { label: name === '' ? 'Name' : 'Rename', icon: 'pencil', keys: 'F2', run: () => act.name(face) },
    { label: name === '' ? 'See all photos' : `See all photos of ${name}`, icon: 'person', run: () => act.open(face) },
    { label: 'Find this face', icon: 'search', run: () => act.find(face) },
    { label: 'Move or resize the box', icon: 'move', apart: true, run: () => act.move(face) },
    { label: 'Ignore this face', icon: 'hide', run: () => act.decide({ kind: 'ignore', faces }) },
    { label: 'Not a face', icon: 'face-off', run: () => act.decide({ kind: 'not-a-face', faces }) },
  );
  return items;
}

export interface PhotoActions {
  /** Looks for photos that show all of these people. */
  findTogether: (people: string[]) => void;
  draw: () => void;
  showAside: (show: boolean) => void;
  decide: (decision: DecisionRequest) => void;
}

/** What can be said about a photo as a whole. */
export function photoMenu(photo: PhotoDetail, aside: boolean, act: PhotoActions): MenuItem[] {
  const people = photo.faces.filter(({ standing }) => standing === 'person');
  return [
    { label: 'Draw a missing face', icon: 'face-add', keys: 'D', disabled: !photo.available, run: act.draw },
    {
      label: 'Ignore all others here',
      icon: 'hide',
      disabled: people.every(({ personName }) => personName !== ''),
      run: () => act.decide({ kind: 'ignore-others', photo: photo.id }),
    },
    {
      label: 'Mirror or collage: these may be one person',
      icon: 'mirror',
      disabled: people.length < 2,
      run: () => act.decide({ kind: 'same-photo', faces: people.map(({ id }) => id) }),
    },
    {
      label: 'Find photos of the same people',
      icon: 'search',
      disabled: people.length === 0,
      run: () => act.findTogether([...new Set(people.map(({ personId }) => personId))]),
    },
    {
      label: 'Show set-aside faces',
      icon: 'face',
      apart: true,
      checked: aside,
      run: () => act.showAside(!aside),
    },
  ];
}

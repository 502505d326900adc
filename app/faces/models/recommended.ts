import type { PackManifest } from './manifest.ts';

/** A model pack that is known to be good: listed for people, and fetched only when one of them asks for it. */
export interface RecommendedPack {
  manifest: PackManifest;
  /** Where its one file can be had; the manifest has its checksum. */
  url: string;
  bytes: number;
}

/** Where ArcFace's and SFace's training put eyes, nose and mouth corners, in their 112-pixel input. */
const arcFacePoints = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041];

export const recommendedPacks: readonly RecommendedPack[] = [
  {
    url: 'https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/master/onnx/yunet_n_dynamic.onnx',
    bytes: 322_906,
    manifest: {
      name: 'yunet',
      version: '2023.n',
      title: 'YuNet, a small and fast face detector',
      licence: 'Apache-2.0',
      source: 'https://github.com/ShiqiYu/libfacedetection.train',
      detector: {
        kind: 'yunet',
        file: 'yunet_n_dynamic.onnx',
        sha256: '104ee26c71d5c270ce79a6b3dced91c91013260d29a6bf18f9296c5b8c4c2b12',
      },
    },
  },
  {
    // Git LFS: the checksum is the one that the repository itself names. OpenCV's FaceRecognizerSF feeds it plain RGB bytes.
    url: 'https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_recognition_sface/face_recognition_sface_2021dec.onnx',
    bytes: 38_696_353,
    manifest: {
      name: 'sface',
      version: '2021dec',
      title: 'SFace, a larger face recognizer',
      licence: 'Apache-2.0',
      source: 'https://github.com/opencv/opencv_zoo/tree/main/models/face_recognition_sface',
      embedder: {
        file: 'face_recognition_sface_2021dec.onnx',
        sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
        size: 112,
        channels: 'rgb',
        layout: 'nchw',
        mean: [0, 0, 0],
        scale: [1, 1, 1],
        referencePoints: arcFacePoints,
        dimension: 128,
        // OpenCV calls pairs above a cosine of 0.363 the same, which is 1.27; a little less is safer for groups.
        threshold: 1.15,
      },
    },
  },
];

/** The recommended pack of which this is the file. */
export function recommendedByChecksum(sha256: string): RecommendedPack | undefined {
  return recommendedPacks.find(({ manifest }) => partsOf(manifest).some((part) => part.sha256 === sha256));
}

export function recommendedByName(name: string): RecommendedPack | undefined {
  return recommendedPacks.find(({ manifest }) => manifest.name === name);
}

/** The files of a pack. */
export function partsOf({ detector, embedder }: PackManifest): { file: string; sha256: string }[] {
  return [detector, embedder].filter((part) => part !== undefined);
}

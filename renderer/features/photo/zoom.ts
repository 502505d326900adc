/** How a picture lies on the stage: `scale` 1 fills it; `x`, `y` move its centre from the stage's, in CSS pixels. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const fitted: Zoom = { scale: 1, x: 0, y: 0 };

/** The largest size with the picture's shape that fits the stage; tiny pictures grow eightfold at most. */
export function fitSize(stage: Size, picture: Size): Size {
  const ratio = Math.min(stage.width / picture.width, stage.height / picture.height, 8);
  return { width: picture.width * ratio, height: picture.height * ratio };
}

/** The largest scale: four screen pixels for one of the picture's, and never less than four times the fitted size. */
export function largestScale(fit: Size, picture: Size): number {
  return Math.max(4, (4 * picture.width) / Math.max(1, fit.width) / (globalThis.devicePixelRatio || 1));
}

/** Keeps the scale in range and the picture from leaving the stage. */
export function clampZoom(zoom: Zoom, stage: Size, fit: Size, largest: number): Zoom {
  const scale = Math.min(largest, Math.max(1, zoom.scale));
  const roomX = Math.max(0, (fit.width * scale - stage.width) / 2);
  const roomY = Math.max(0, (fit.height * scale - stage.height) / 2);
  return {
    scale,
    x: Math.min(roomX, Math.max(-roomX, zoom.x)),
    y: Math.min(roomY, Math.max(-roomY, zoom.y)),
  };
}

/** Zooms by a factor so that the point of the picture under (`px`, `py`), measured from the stage's centre, stays there. */
export function zoomAbout(zoom: Zoom, factor: number, px: number, py: number, largest: number): Zoom {
  const scale = Math.min(largest, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return { scale, x: px - (px - zoom.x) * ratio, y: py - (py - zoom.y) * ratio };
}

import type { PhotoFilter } from '../../../../app/contract/search.ts';
import { round } from '../filter/place-text.ts';

type Area = NonNullable<PhotoFilter['place']>;

interface Place {
  latitude: number;
  longitude: number;
  photos: number;
}

/** A part of the world that is drawn, `scale` pixels a degree of latitude and `across` a degree of longitude. */
export interface PlacePlot {
  width: number;
  height: number;
  north: number;
  west: number;
  scale: number;
  across: number;
}

/**
 * Chooses the part of the world in which all places lie, with some room around them. Degrees of longitude are drawn as wide
 * as they are in the middle of it, so that towns keep their shape.
 */
export function plotOf(places: readonly Place[], width: number, height: number): PlacePlot {
  const edges = { south: 90, north: -90, west: 180, east: -180 };
  for (const { latitude, longitude } of places) {
    edges.south = Math.min(edges.south, latitude);
    edges.north = Math.max(edges.north, latitude);
    edges.west = Math.min(edges.west, longitude);
    edges.east = Math.max(edges.east, longitude);
  }
  if (places.length === 0) Object.assign(edges, { south: -60, north: 75, west: -180, east: 180 });
  const middle = (edges.south + edges.north) / 2;
  const squeeze = Math.max(0.2, Math.cos((middle * Math.PI) / 180));
  // A single town is not to fill the whole plot.
  const high = Math.max(0.6, (edges.north - edges.south) * 1.25);
  const wide = Math.max(0.6, (edges.east - edges.west) * squeeze * 1.2);
  const scale = Math.min(height / high, width / wide);
  const across = scale * squeeze;
  return {
    width,
    height,
    scale,
    across,
    north: middle + height / scale / 2,
    west: (edges.west + edges.east) / 2 - width / across / 2,
  };
}

export const pointOf = (plot: PlacePlot, latitude: number, longitude: number): { x: number; y: number } => ({
  x: (longitude - plot.west) * plot.across,
  y: (plot.north - latitude) * plot.scale,
});

/** The part of the world between two points of the plot, to hundredths of a degree. */
export function areaBetween(plot: PlacePlot, a: { x: number; y: number }, b: { x: number; y: number }): Area {
  const latitude = (y: number): number => round(Math.max(-90, Math.min(90, plot.north - y / plot.scale)));
  const longitude = (x: number): number => round(Math.max(-180, Math.min(180, plot.west + x / plot.across)));
  return {
    south: latitude(Math.max(a.y, b.y)),
    north: latitude(Math.min(a.y, b.y)),
    west: longitude(Math.min(a.x, b.x)),
    east: longitude(Math.max(a.x, b.x)),
  };
}

/** Lines to find one's way by, in whole steps: at least two and no more than eight each way. */
export function gridLines(plot: PlacePlot): { latitudes: number[]; longitudes: number[] } {
  const between = (low: number, high: number): number[] => {
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45, 90].find((size) => (high - low) / size <= 6) ?? 90;
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => round((first + i) * step));
  };
  return {
    latitudes: between(plot.north - plot.height / plot.scale, plot.north).filter((line) => Math.abs(line) <= 90),
    longitudes: between(plot.west, plot.west + plot.width / plot.across).filter((line) => Math.abs(line) <= 180),
  };
}

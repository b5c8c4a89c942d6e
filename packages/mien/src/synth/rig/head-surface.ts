/**
 * The skull under every face: a closed surface given by a few widths and depths, that rows of a head follow.
 * Axes as in geometry/pose.ts: x to the image's right, y down, z away from the camera; a face looks along −z. The unit is
 * about half a face's height. A point is named by its angle φ about the vertical axis (0 in front, π/2 at the subject's
 * left, at the image's right) and its height y.
 */
import type { Point3 } from '../../image/raw-image.ts';
import { clamp, monotoneCurve, smoothstep, type Curve } from './curves.ts';

export interface HeadShape {
  /** y of the crown, below 0. */
  readonly top: number;
  /** y of the chin's lowest point. */
  readonly chin: number;
  /** y of the eyes, where the head is `width` wide. */
  readonly eyeLine: number;
  /** Half widths at the eyes, the cheekbones, the corners of the jaw, and the chin. */
  readonly width: number;
  readonly cheek: number;
  readonly jaw: number;
  readonly chinWidth: number;
  /** How far the face stands in front of the axis at the eyes, the mouth and the chin, and the skull behind it. */
  readonly front: number;
  readonly frontMouth: number;
  readonly frontChin: number;
  readonly back: number;
  /** 2: cross-sections are ellipses; more: squarer. Default 2.15. */
  readonly square?: number;
  /** As `square`, of the skull seen from the front. Default 2.2. */
  readonly crown?: number;
  /** How far the jaw rises from the chin to the nape. Default 0.35. */
  readonly jawLift?: number;
}

export class HeadSurface {
  readonly shape: HeadShape;
  readonly #width: Curve;
  readonly #front: Curve;
  readonly #back: Curve;
  readonly #center: Curve;
  readonly #square: number;
  readonly #crown: number;

  constructor(shape: HeadShape) {
    this.shape = shape;
    const { width, cheek, jaw, chinWidth, front, frontMouth, frontChin, back, square = 2.15, crown = 2.2 } = shape;
    this.#square = square;
    this.#crown = crown;
    this.#width = monotoneCurve([0, 0.38, 0.7, 0.92, 1.1], [width, cheek, jaw, chinWidth, chinWidth * 0.8]);
    this.#front = monotoneCurve([0, 0.3, 0.65, 0.92, 1.1], [front, front, frontMouth, frontChin, frontChin]);
    this.#back = monotoneCurve([0, 0.4, 0.8, 1.1], [back, back * 0.92, back * 0.72, back * 0.6]);
    this.#center = monotoneCurve([0, 0.3, 1], [0, 0, -0.38 * frontChin]);
  }

  /** 0 at the eyes, 1 at the chin. */
  #below(y: number): number {
    return (y - this.shape.eyeLine) / (this.shape.chin - this.shape.eyeLine);
  }

  /** How much of a width or depth is left at a height: rounds the crown and the chin off. */
  #rounding(y: number): number {
    const { top, eyeLine } = this.shape;
    if (y <= eyeLine) {
      const above = clamp((eyeLine - y) / (eyeLine - top), 0, 1);
      return (1 - above ** this.#crown) ** (1 / this.#crown);
    }
    return Math.sqrt(1 - clamp(this.#below(y), 0, 1) ** 9);
  }

  /** Half the width at a height. */
  widthAt(y: number): number {
    return this.#width(Math.max(0, this.#below(y))) * this.#rounding(y);
  }

  /** z of the front surface in the plane of a height, where the head is `x` from the middle. */
  frontAt(x: number, y: number): number {
    const below = Math.max(0, this.#below(y));
    const center = this.#center(below);
    const across = Math.min(0.985, Math.abs(x) / Math.max(1e-6, this.widthAt(y)));
    return center - this.#frontDepth(below, center, y) * (1 - across ** this.#square) ** (1 / this.#square);
  }

  #frontDepth(below: number, center: number, y: number): number {
    return (this.#front(below) + center) * this.#rounding(y);
  }

  /** φ of the point of the front at (x, y). */
  angleAt(x: number, y: number): number {
    const across = clamp(Math.abs(x) / Math.max(1e-6, this.widthAt(y)), 0, 1);
    return Math.sign(x) * Math.asin(across ** (this.#square / 2));
  }

  point(phi: number, y: number): Point3 {
    const [sin, cos] = [Math.sin(phi), Math.cos(phi)];
    const power = 2 / this.#square;
    const below = Math.max(0, this.#below(y));
    const center = this.#center(below);
    const depth = cos >= 0 ? this.#frontDepth(below, center, y) : (this.#back(below) - center) * this.#rounding(y);
    const lift = (this.shape.jawLift ?? 0.35) * smoothstep(0.2, 1, below);
    return [
      this.widthAt(y) * Math.sign(sin) * Math.abs(sin) ** power,
      y - (lift * (1 - cos)) / 2,
      center - Math.sign(cos) * depth * Math.abs(cos) ** power,
    ];
  }

  /** The direction out of the surface, of length 1. */
  normal(phi: number, y: number): Point3 {
    const e = 1e-3;
    const [a, b] = [this.point(phi - e, y), this.point(phi + e, y)];
    const { top, chin } = this.shape;
    const [c, d] = [this.point(phi, Math.max(top + 1e-4, y - e)), this.point(phi, Math.min(chin - 1e-4, y + e))];
    const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const [vx, vy, vz] = [d[0] - c[0], d[1] - c[1], d[2] - c[2]];
    // down × along φ points outwards, as down × right does in front
    const [x, y_, z] = [vy * uz - vz * uy, vz * ux - vx * uz, vx * uy - vy * ux];
    const length = Math.hypot(x, y_, z) || 1;
    return [x / length, y_ / length, z / length];
  }
}

/** What is behind a character. */
import { Random } from '../tensor/random.ts';
import type { Point3 } from '../image/raw-image.ts';
import { linear } from './paint.ts';
import { mix, smoothstep } from './rig/curves.ts';
import type { Rgb } from './characters/character.ts';
import type { Background } from './scene.ts';

/** Writes linear light into `out` for a place: x 0 … 1 from the left, y 0 … 1 from the top. */
export type BackgroundPainter = (out: Float32Array, x: number, y: number) => void;

export function backgroundPainter(background: Background): BackgroundPainter {
  switch (background.kind) {
    case 'plain': {
      const color = light(background.color);
      return (out) => out.set(color);
    }
    case 'gradient': {
      const [top, bottom] = [light(background.top), light(background.bottom)];
      return (out, _, y) => blend(out, top, bottom, y);
    }
    case 'stripes': {
      const [color, stripes] = [light(background.color), light(background.stripes)];
      const angle = (background.angleDeg * Math.PI) / 180;
      const [cos, sin] = [26 * Math.cos(angle), 26 * Math.sin(angle)];
      return (out, x, y) => blend(out, color, stripes, smoothstep(-0.15, 0.15, Math.sin(x * cos + y * sin)));
    }
    case 'spots': {
      const [color, spots] = [light(background.color), light(background.spots)];
      const random = new Random(background.seed, 'spots');
      const disks = Array.from({ length: 14 }, () => ({
        x: random.uniform(),
        y: random.uniform(),
        radius: random.range(0.04, 0.16),
        strength: random.range(0.2, 0.7),
      }));
      return (out, x, y) => {
        let amount = 0;
        for (const disk of disks)
          amount = Math.max(
            amount,
            disk.strength * smoothstep(disk.radius, disk.radius * 0.72, Math.hypot(x - disk.x, y - disk.y)),
          );
        blend(out, color, spots, amount);
      };
    }
  }
}

const light = (color: Rgb): Point3 => [linear(color[0]), linear(color[1]), linear(color[2])];

function blend(out: Float32Array, a: Point3, b: Point3, t: number): void {
  for (let k = 0; k < 3; k++) out[k] = mix(a[k]!, b[k]!, t);
}

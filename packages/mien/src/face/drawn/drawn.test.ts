/** Subjects that are mixed and drawn: what is told of a picture is what it shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import type { Point3 } from '../../image/index.ts';
import { Random } from '../../tensor/index.ts';
import { loadCanonicalFace, SURFACES_MARKER, writeSurfaces } from '../node.ts';
import { FaceSurface } from '../reconstruct/face-surface.ts';
import { drawSubject } from './draw-subject.ts';
import { sampleSubjectScene } from './sample-scene.ts';
import { meanFace, SubjectMixer, type FaceSubject } from './subject.ts';

const canonical = await loadCanonicalFace();
const surface = new FaceSurface(canonical, 1);
const plain = (scale: number, color: number): FaceSubject => ({
  mesh: canonical.vertices.map(([x, y, z]): Point3 => [scale * x, y, z]),
  colors: new Uint8Array(3 * surface.vertexCount).fill(color),
});

describe('mixed faces', () => {
  it('lie about the mean, as far as those that they are mixed from', () => {
    const subjects = [0.9, 1, 1.1].map((scale, i) => plain(scale, i));
    meanFace(subjects).forEach((point, v) =>
      point.forEach((value, axis) => expect(value).toBeCloseTo(canonical.vertices[v]![axis]!, 4)),
    );
    const mixer = new SubjectMixer(subjects);
    const random = new Random(1, 'mixes');
    // The widest vertex tells the factor on all widths
    const widest = canonical.vertices.reduce((best, [x], v) => (x > canonical.vertices[best]![0] ? v : best), 0);
    const factors = Array.from(
      { length: 2000 },
      () => mixer.mix(random).mesh[widest]![0] / canonical.vertices[widest]![0],
    );
    const mean = factors.reduce((sum, f) => sum + f, 0) / factors.length;
    const deviation = Math.sqrt(factors.reduce((sum, f) => sum + (f - mean) ** 2, 0) / factors.length);
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeCloseTo(Math.sqrt(0.02 / 3), 2);
    expect(() => new SubjectMixer([])).toThrow('expected at least one face, got none');
  });
});

describe('a drawn face', () => {
  it('covers the points that are told, from any side', () => {
    for (let seed = 0; seed < 6; seed++) {
      const { subject, scene } = sampleSubjectScene(plain(1, 200), 64, new Random(seed, 'scene'));
      const { light: _, ...even } = scene;
      const green = {
        ...even,
        ambient: 1,
        samples: 1,
        hair: [0, 255, 0],
        background: { kind: 'plain', color: [0, 255, 0] },
      } as const;
      const { image, points } = drawSubject(subject, surface, green);
      // The mesh's own points lie on the surface or behind it: where they are, there is skin, and no hair before it
      const inner = points.filter(([x, y]) => x > 1 && y > 1 && x < 63 && y < 63);
      const onSkin = inner.filter(([x, y]) => {
        const at = 3 * (Math.floor(y) * 64 + Math.floor(x));
        return image.data[at + 1]! < 255 || image.data[at]! > 0;
      });
      expect(inner.length).toBeGreaterThan(400);
      expect(onSkin.length / inner.length).toBeGreaterThan(0.9);
      const depths = points.map((point) => point[2]);
      expect(Math.min(...depths)).toBeLessThan(0);
      expect(Math.max(...depths)).toBeGreaterThan(Math.min(...depths));
    }
  });

  it('is written the same by the same seed, another by another; subjects stay in their split', async () => {
    const subjects = Array.from({ length: 10 }, (_, i) => plain(0.9 + 0.02 * i, 20 * i));
    await withFiles({ 'mine.txt': 'mine' }, async (folder) => {
      const write = async (seed: number): Promise<string> =>
        readFile(await writeSurfaces(folder, subjects, surface, { count: 10, size: 32, seed }), 'utf8');
      const first = await write(1);
      const picture = await readFile(join(folder, 'surfaces', '000004.png'));
      expect(await write(2)).not.toBe(first);
      expect(await write(1)).toBe(first);
      expect(await readFile(join(folder, 'surfaces', '000004.png'))).toEqual(picture);
      expect(await readFile(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
      expect(JSON.parse(await readFile(join(folder, SURFACES_MARKER), 'utf8'))).toMatchObject({
        count: 10,
        subjects: 10,
      });
      const rows = first
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { split: string; mesh: number[][] });
      expect(rows.map(({ split }) => split)).toEqual([
        'test',
        'validation',
        ...Array.from({ length: 8 }, () => 'train'),
      ]);
      expect(rows.every(({ mesh }) => mesh.length === 468 && mesh.every((point) => point.length === 3))).toBe(true);
      await expect(writeSurfaces(folder, subjects.slice(1), surface, { count: 10 })).rejects.toThrow(
        'expected at least 10 faces to mix, got 9',
      );
    });
  });
});

/**
 * What a drawn face costs, and how different the characters are: CPU time of one 256×256 picture on one core, and the
 * distance between the shapes of neutral faces, with that between human-like persons beside it.
 */
import type { Point3 } from 'mienjs/image';
import { applyRigid, procrustes } from 'mienjs/geometry';
import {
  CHARACTERS,
  CharacterModel,
  type Character,
  inventedCharacters,
  peopleOf,
  render,
  restLandmarks,
  unitsOfExpression,
} from 'mienjs/synth';
import { median } from './timing.ts';

export type CharacterRow =
  | {
      readonly bench: 'characters';
      readonly character: string;
      readonly triangles: number;
      /** Medians: of building the character once, and of a picture. */
      readonly buildMs: number;
      readonly pictureMs: number;
    }
  | {
      readonly bench: 'characters-shapes';
      readonly set: string;
      readonly pairs: number;
      readonly least: number;
      readonly mean: number;
    };

const SIZE = { width: 256, height: 256 };
const PERSONS = 12;

/** CPU time of this process, ms: what others do on the machine counts little. */
function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

export function benchCharacters(rounds: number, log: (line: string) => void): CharacterRow[] {
  const rows: CharacterRow[] = [];
  const units = unitsOfExpression('happiness');
  for (let i = 0; i < 12; i++) render(new CharacterModel(CHARACTERS[i % 6]!), { units }, SIZE); // warms up
  for (const character of CHARACTERS) {
    log(character.name);
    const builds = Array.from({ length: 3 }, () => cpuMs(() => void new CharacterModel(character).skin));
    const model = new CharacterModel(character);
    render(model, { units }, SIZE);
    const pictures = Array.from({ length: rounds }, () => cpuMs(() => void render(model, { units }, SIZE)));
    rows.push({
      bench: 'characters',
      character: character.name,
      triangles: model.triangles.length / 3,
      buildMs: median(builds),
      pictureMs: median(pictures),
    });
  }
  for (const [set, characters] of [
    ['characters', CHARACTERS],
    ['persons', peopleOf(PERSONS, 1)],
    ['invented', inventedCharacters(PERSONS, 1)],
  ] as const)
    rows.push({ bench: 'characters-shapes', set, ...shapeDistances(characters) });
  return rows;
}

/**
 * Root mean square distance of the 68 landmarks of two neutral faces, laid on each other by the best rotation, scale and
 * shift, as a share of the distance between the eyes' outer corners: over all pairs.
 */
function shapeDistances(characters: readonly Character[]): { pairs: number; least: number; mean: number } {
  const shapes = characters.map(restLandmarks);
  const distances: number[] = [];
  for (let a = 0; a < shapes.length; a++)
    for (let b = a + 1; b < shapes.length; b++) distances.push(distance(shapes[a]!, shapes[b]!));
  return {
    pairs: distances.length,
    least: Math.min(...distances),
    mean: distances.reduce((sum, d) => sum + d, 0) / distances.length,
  };
}

function distance(from: readonly Point3[], to: readonly Point3[]): number {
  const place = procrustes(from, to, { scale: true });
  const squares = from.map((point, k) => {
    const [x, y, z] = applyRigid(place, point);
    return (x - to[k]![0]) ** 2 + (y - to[k]![1]) ** 2 + (z - to[k]![2]) ** 2;
  });
  const eyes = Math.hypot(...to[45]!.map((v, k) => v - to[36]![k]!));
  return Math.sqrt(squares.reduce((sum, s) => sum + s, 0) / squares.length) / eyes;
}

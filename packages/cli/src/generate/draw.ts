/** Faces of a class, or between two, by a generator that draws classes. */
import { InvalidArgumentError } from 'commander';
import { InputError, type RawImage } from 'mienjs';
import { resize } from 'mienjs/image';
import { writeImage } from 'mienjs/image/node';
import type { FaceGenerator } from 'mienjs/predict';
import type { AnnotatedFolder } from '../recognize/annotated-folder.ts';

/** What may be asked of a generator, of one kind or another. */
export interface Asked {
  readonly character?: string;
  readonly variations?: number;
  readonly class?: string;
  readonly between?: readonly [string, string];
}

export interface DrawOptions extends Pick<Asked, 'class' | 'between'> {
  readonly count?: number;
  readonly steps?: number;
  readonly strength?: number;
  readonly seed: number;
  readonly scale: number;
}

/** A face that was drawn. */
export interface Drawn {
  /** Of the classes; they add to 1, and above strength 1 some are below 0. */
  readonly shares: Readonly<Record<string, number>>;
  /** From 1: faces of one number are the same face. */
  readonly number: number;
  /** Where it is. */
  readonly picture: string;
}

/** Pictures from the first class to the second, both with them, unless --steps says otherwise. */
const STEPS = 5;

/** Two names with a comma between. */
export function twoNames(text: string): [string, string] {
  const [a, b, ...more] = text.split(',').map((name) => name.trim());
  if (!a || !b || more.length > 0 || a === b)
    throw new InvalidArgumentError('Expected two classes, as in happiness,surprise.');
  return [a, b];
}

/** Away from the mean of all classes by a factor: (1 − s)/K + s·share. */
function exaggerated(
  shares: Readonly<Record<string, number>>,
  classes: readonly string[],
  strength: number,
): Readonly<Record<string, number>> {
  if (strength === 1) return shares;
  const unknown = Object.keys(shares).filter((name) => !classes.includes(name));
  return Object.fromEntries(
    [...classes, ...unknown].map((name) => [name, (1 - strength) / classes.length + strength * (shares[name] ?? 0)]),
  );
}

/** Larger pictures of the same pixels. */
export const scaled = (picture: RawImage, scale: number): RawImage =>
  scale === 1 ? picture : resize(picture, { width: picture.width * scale, height: picture.height * scale });

/**
 * CLASS-1.png, CLASS-2.png …; between two classes A-B-1.1.png, A-B-1.2.png …, from A to B.
 * @throws {InputError} for an unknown class
 */
export async function drawAll(
  generator: FaceGenerator,
  folder: AnnotatedFolder,
  { class: one, between, count = 1, steps = STEPS, strength = 1, seed, scale }: DrawOptions,
): Promise<Drawn[]> {
  const rows = between
    ? Array.from({ length: steps }, (_, i) => {
        const share = steps === 1 ? 0.5 : i / (steps - 1);
        return { [between[0]]: 1 - share, [between[1]]: share };
      })
    : [{ [one!]: 1 }];
  const drawn: Drawn[] = [];
  for (const [step, row] of rows.entries()) {
    const shares = exaggerated(row, generator.model.expressions, strength);
    const pictures = await generator.draw(shares, { count, seed });
    for (const [i, picture] of pictures.entries()) {
      const name = between ? `${between.join('-')}-${i + 1}.${step + 1}.png` : `${one!}-${i + 1}.png`;
      const path = await folder.reserve(name);
      await writeImage(path, scaled(picture, scale));
      drawn.push({ shares, number: i + 1, picture: path });
    }
  }
  return drawn;
}

/** @throws {InputError} when what was asked for is not what the generator makes, or its pictures of */
export async function checkAsked(
  generator: FaceGenerator,
  inputs: readonly string[],
  { character, variations, class: one, between }: Asked,
): Promise<void> {
  const { kind, name, expressions, noise } = generator.model;
  const classes = between ?? (one === undefined ? [] : [one]);
  const drawing = classes.length > 0;
  if (kind === 'class') {
    if (inputs.length > 0) throw new InputError(inputs[0]!, `${name} draws faces of a class, and takes no images`);
    if (!drawing)
      throw new InputError(name, `expected --class, one of ${expressions.join(', ')}, or two of them with --between`);
    // No faces: names that it does not know are refused before a folder is made
    await generator.draw(Object.fromEntries(classes.map((expression) => [expression, 1])), { count: 0, seed: 0 });
    return;
  }
  if (drawing)
    throw new InputError(
      name,
      `makes pictures of faces in images, and draws no faces of a class such as "${classes[0]!}"`,
    );
  if (inputs.length === 0) throw new InputError(name, 'expected images, whose faces it makes pictures of');
  if (variations !== undefined && noise === 0)
    throw new InputError(name, 'makes one picture of each face, without noise, so that --variations has no meaning');
  await generator.generate([], character === undefined ? {} : { person: character });
}

/**
 * The inputs of a network, as recipes declare them and model files hold them: what of a sample each is made of. All that
 * are made of a face share one framing (`PreprocessSpec`). Prepared by the same functions in training and in prediction.
 *
 * Shape legend: N samples, C channels, P points, D numbers, T frames, S side of a frontal view.
 */
import { z } from 'zod';
import { FRONTAL_VIEWS, type FrontalView } from '../face/reconstruct/frontal-kinds.ts';
import { type ClipRule, clipRuleSchema, framesOf } from './clips.ts';
import { type MeshNeeds, meshNeedsOf } from './mesh-needs.ts';
import { imageFormat, type ImageFormat } from './image-input.ts';

const points = z.int().positive();

/** The face, [N,C,H,W]. */
const image = { kind: z.literal('image') };
/**
 * Landmarks of the framed face, [N,2·P]: x/width − ½, y/height − ½ of each. With `from: 'mesh'` they are those that the
 * face mesh finds, whatever landmarks the data have, and 0 where it finds no face.
 */
const landmarks = { kind: z.literal('landmarks'), points, from: z.literal('mesh').optional() };
/**
 * The face turned to the front (face/reconstruct/frontal-views.ts), [N,C,S,S] from 0 to 1, C 1 of the shading and 3 of the
 * texture; 0 where the photo does not show it, or no face was found.
 */
const frontal = { kind: z.literal('frontal'), view: z.enum(FRONTAL_VIEWS), size: z.int().positive() };
/** Frames, [N,C,T,H,W]; T is the most that the rule gives, and what a shorter clip lacks is 0. */
const clip = { kind: z.literal('clip'), rule: clipRuleSchema };
/** Landmarks of frames, [N,T,2·P]. */
const track = { kind: z.literal('track'), points, rule: clipRuleSchema };
/** Numbers that the data have under the name `source`, [N,D]. */
const vector = { kind: z.literal('vector'), source: z.string().min(1), size: z.int().positive() };
/** How many frames of the input of that name are valid, [N]. */
const length = { kind: z.literal('length'), of: z.string().min(1) };

/** The fields of each kind, by its name; `framed` ones are made of a face. */
export const INPUT_KINDS = {
  image: { fields: image, framed: true },
  landmarks: { fields: landmarks, framed: true },
  frontal: { fields: frontal, framed: true },
  clip: { fields: clip, framed: true },
  track: { fields: track, framed: true },
  vector: { fields: vector, framed: false },
  length: { fields: length, framed: false },
} as const;

export type ModelInput =
  | { readonly kind: 'image' }
  | { readonly kind: 'landmarks'; readonly points: number; readonly from?: 'mesh' }
  | { readonly kind: 'frontal'; readonly view: FrontalView; readonly size: number }
  | { readonly kind: 'clip'; readonly rule: ClipRule }
  | { readonly kind: 'track'; readonly points: number; readonly rule: ClipRule }
  | { readonly kind: 'vector'; readonly source: string; readonly size: number }
  | { readonly kind: 'length'; readonly of: string };

/** By the names of the network's inputs. */
export type ModelInputs = Readonly<Record<string, ModelInput>>;

/** A network of one image. */
export const IMAGE_INPUT: ModelInputs = { x: { kind: 'image' } };

/** What the data must have besides an image for these inputs: landmarks, clips; and what must be found in the image. */
export interface FurtherNeeds {
  /** P */
  readonly landmarks?: number;
  readonly clips?: ClipRule;
  /** Found by the face mesh in each image: its 68 landmarks, and views of the face turned to the front. */
  readonly mesh?: MeshNeeds;
}

/** @throws {MienError} when two inputs are the same view in different sizes, or other landmarks than 68 of the mesh */
export function needsOf(inputs: ModelInputs): FurtherNeeds {
  const all = Object.values(inputs);
  const withPoints = all.find((input) => (input.kind === 'landmarks' && !input.from) || input.kind === 'track');
  const mesh = meshNeedsOf(all);
  const withRule = all.find((input) => input.kind === 'clip' || input.kind === 'track');
  return {
    ...(withPoints && 'points' in withPoints ? { landmarks: withPoints.points } : {}),
    ...(withRule && 'rule' in withRule ? { clips: withRule.rule } : {}),
    ...(mesh ? { mesh } : {}),
  };
}

/** What data must be brought to for a model: its framing, and the landmarks or clips that it takes. */
export const formatOf = ({
  preprocess,
  inputs = IMAGE_INPUT,
}: {
  readonly preprocess: Parameters<typeof imageFormat>[0];
  readonly inputs?: ModelInputs;
}): ImageFormat => ({ ...imageFormat(preprocess), ...needsOf(inputs) });

/** T of a clip's or track's input. */
export const stepsOf = (input: ModelInput): number => ('rule' in input ? framesOf(input.rule) : 1);

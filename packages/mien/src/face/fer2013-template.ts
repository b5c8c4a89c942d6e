/**
 * Average landmark positions in FER2013's 48×48 crops, in 0 … 1 of the image: 1449 of 1511 Training images
 * (every 19th row) on which the mesh reports a face with a presence of at least 0.9, after 3 passes of the mesh.
 * Made by tools/measure-fer2013-template.mjs.
 */
import type { FaceTemplate } from './align.ts';

export const FER2013_TEMPLATE: FaceTemplate = {
  rightEye: [0.3112, 0.3806],
  leftEye: [0.6768, 0.3764],
  noseTip: [0.4939, 0.5826],
  mouthRight: [0.3513, 0.7686],
  mouthLeft: [0.6455, 0.7652],
  chin: [0.5017, 1.0048],
};

/** Pim: a boy with a wide face, ears that stand off, a button nose and hair in spikes. */
import type { Character } from './character.ts';

export const pim: Character = {
  name: 'pim',
  description: 'a boy with a wide face, ears that stand off, a button nose and yellow hair in spikes',
  head: {
    top: -0.9,
    chin: 0.86,
    eyeLine: 0.02,
    width: 0.92,
    cheek: 0.97,
    jaw: 0.82,
    chinWidth: 0.46,
    front: 0.82,
    frontMouth: 0.86,
    frontChin: 0.74,
    back: 0.86,
    square: 2.2,
    jawLift: 0.26,
  },
  eyes: {
    x: 0.31,
    halfWidth: 0.17,
    upper: 0.86,
    lower: 0.64,
    tilt: 0,
    pointed: 0.5,
    ball: 1.2,
    bulge: 0.42,
    iris: 0.5,
    color: [86, 62, 40],
    liner: 0.5,
  },
  brows: {
    inner: 0.15,
    outer: 0.47,
    heights: [0.32, 0.37, 0.31],
    thickness: [0.03, 0.04, 0.03],
    relief: 0.8,
    color: [196, 140, 40],
  },
  nose: { tip: 0.27, root: 0.05, width: 0.115, length: 0.19, ridge: 0.12, wings: 0.2, droop: -0.02 },
  mouth: {
    y: 0.52,
    halfWidth: 0.33,
    upper: 0.034,
    lower: 0.048,
    fullness: 0.034,
    color: [214, 116, 100],
    curve: 0.03,
    tint: 0.8,
  },
  ears: { size: 0.25, y: 0.1, flareDeg: 52 },
  skin: {
    color: [252, 208, 172],
    blush: [244, 124, 96],
    blushAmount: 0.7,
    freckles: 1,
    cheeks: 0.09,
    chin: 0.03,
    browRidge: 0.01,
  },
  hair: {
    color: [232, 178, 62],
    strands: 0.4,
    shine: 0.6,
    cap: {
      line: [
        [0, -0.56],
        [40, -0.5],
        [66, -0.32],
        [84, -0.08],
        [100, 0.1],
        [130, 0.34],
        [180, 0.42],
      ],
      thickness: 0.09,
      volume: 0.06,
    },
    freeLocks: [
      {
        points: [
          [0.05, -0.82, -0.35],
          [0.1, -1.05, -0.42],
          [0.2, -1.27, -0.34],
        ],
        width: [0.17, 0.13, 0.01],
        flat: 0.8,
      },
      {
        points: [
          [-0.2, -0.8, -0.35],
          [-0.26, -1.02, -0.4],
          [-0.24, -1.24, -0.3],
        ],
        width: [0.17, 0.13, 0.01],
        flat: 0.8,
      },
      {
        points: [
          [0.32, -0.72, -0.34],
          [0.48, -0.92, -0.38],
          [0.66, -1.04, -0.28],
        ],
        width: [0.17, 0.13, 0.01],
        flat: 0.8,
      },
      {
        points: [
          [-0.42, -0.7, -0.3],
          [-0.6, -0.88, -0.32],
          [-0.76, -0.96, -0.22],
        ],
        width: [0.17, 0.13, 0.01],
        flat: 0.8,
      },
      {
        points: [
          [-0.04, -0.85, -0.05],
          [-0.06, -1.1, 0],
          [0.0, -1.3, 0.08],
        ],
        width: [0.2, 0.15, 0.01],
        flat: 0.9,
      },
      {
        points: [
          [0.4, -0.75, 0],
          [0.58, -0.95, 0.05],
          [0.72, -1.1, 0.12],
        ],
        width: [0.2, 0.15, 0.01],
        flat: 0.9,
      },
      {
        points: [
          [-0.4, -0.75, 0],
          [-0.54, -0.98, 0.05],
          [-0.62, -1.16, 0.12],
        ],
        width: [0.2, 0.15, 0.01],
        flat: 0.9,
      },
      {
        points: [
          [0.66, -0.5, 0],
          [0.88, -0.62, 0.04],
          [1.04, -0.66, 0.1],
        ],
        width: [0.18, 0.13, 0.01],
        flat: 0.9,
        mirrored: true,
      },
    ],
    locks: [
      {
        path: [
          [-26, -0.72, 0.1],
          [-16, -0.6, 0.12],
          [-2, -0.44, 0.1],
          [10, -0.36, 0.07],
        ],
        width: [0.12, 0.1, 0.01],
      },
      {
        path: [
          [6, -0.74, 0.1],
          [16, -0.6, 0.12],
          [28, -0.46, 0.09],
          [36, -0.4, 0.07],
        ],
        width: [0.12, 0.1, 0.01],
      },
      {
        path: [
          [-44, -0.66, 0.1],
          [-42, -0.54, 0.1],
          [-36, -0.42, 0.08],
        ],
        width: [0.11, 0.09, 0.01],
      },
    ],
  },
  neck: { radius: 0.22, shoulders: 0.8, clothes: [196, 74, 60] },
  expressive: 1.12,
};

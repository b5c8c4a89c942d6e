/** Images, people and figures for the fake server, as in the middle of a project. */
import type { AnnotationTask, Member, Quality } from 'mien-server/contract';
import type { FakeAnnotation } from './fake-annotation.ts';

const VALUES = ['surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral'] as const;
const id = (kind: string, i: number): string => `${kind}${String(i).padStart(6, '0')}`;

function taskOf(i: number): AnnotationTask {
  const top = i % VALUES.length;
  const votes = Object.fromEntries(VALUES.map((value, k) => [value, k === top ? 20 + (i % 13) : (i * (k + 3)) % 7]));
  const counted = Object.values(votes).reduce((sum, n) => sum + n, 0);
  return {
    id: id('task', i),
    name: `collection/face-${i}.png`,
    role: i === 1 ? 'gold' : i === 2 ? 'tutorial' : 'work',
    width: 500,
    height: 560,
    source: i % 2 ? `https://example.org/photos/${i}` : null,
    license: i % 2 ? 'CC BY 4.0' : null,
    keyword: i % 3 ? 'overjoyed' : null,
    duplicateOf: i === 5 ? id('task', 4) : null,
    gold: i === 1 || i === 2 ? { expression: 'happiness' } : null,
    feedback: i === 2 ? 'Look at the corners of the mouth.' : null,
    wanted: 40,
    counted,
    surplus: i === 3 ? 1 : 0,
    votes: { expression: votes },
    proposal: null,
  };
}

function memberOf(name: string, i: number): Member {
  return {
    id: id('member', i),
    user: i === 4 ? null : { id: id('person', i), name },
    role: i === 0 ? 'arbiter' : 'annotator',
    state: i === 3 ? 'failed' : i === 4 ? 'left' : 'active',
    joinedAt: '2026-11-29T08:00:00.000Z',
    seenAt: '2026-11-29T10:00:00.000Z',
    planned: 120,
    done: 20 * i,
    surplus: i === 2 ? 3 : 0,
    skipped: i,
    activeSeconds: 2500 * i,
    medianSeconds: i === 0 ? null : 1.4 + i,
    gold: { right: 4 * i, seen: 5 * i },
    testShare: i === 3 ? 0.4 : 0.9,
    reliability: i === 0 ? null : 0.95 - 0.2 * i,
    kappa: i === 0 ? null : 0.7 - 0.2 * i,
    flags: i === 2 ? ['fast', 'constant'] : i === 4 ? ['contrary'] : [],
  };
}

const bins = (center: number): Quality['pose']['yaw'] =>
  Array.from({ length: 18 }, (_, i) => ({
    from: 10 * i - 90,
    to: 10 * i - 80,
    count: Math.round(60 * Math.exp(-(((10 * i - 85 - center) / 25) ** 2))),
  }));

const QUALITY: Quality = {
  at: '2026-11-29T10:00:00.000Z',
  labels: { given: 31_207, wanted: 48_000, surplus: 12, perHour: 812.4 },
  people: { wanted: 3, active: 37 },
  questions: [
    {
      key: 'expression',
      method: 'li-deng',
      why: 'forty votes for each image, one label of seven',
      agreement: {
        "Fleiss' κ": { value: 0.531, low: 0.512, high: 0.549 },
        "Krippendorff's α": { value: 0.532, low: 0.513, high: 0.55 },
        "Cronbach's α": null,
      },
      classes: VALUES.map((value, i) => ({
        value,
        votes: 1000 + 900 * ((i * 3) % 7),
        images: 40 + 30 * ((i * 3) % 7),
      })),
      subsets: { 'one label': 812, 'two labels': 270, more: 96, none: 22 },
      pairs: [
        { values: ['sadness', 'fear'], images: 31 },
        { values: ['happiness', 'surprise'], images: 74 },
        { values: ['anger', 'disgust'], images: 52 },
      ],
      kappaByOption: {},
    },
  ],
  pose: { yaw: bins(0), pitch: bins(-5), roll: bins(2) },
};

export function fillProject(fake: FakeAnnotation): void {
  fake.tasks = Array.from({ length: 60 }, (_, i) => taskOf(i));
  fake.members = ['Ada', 'Ben', 'Chloé', 'Dmitri', ''].map(memberOf);
  fake.quality = QUALITY;
}

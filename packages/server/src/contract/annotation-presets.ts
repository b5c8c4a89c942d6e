/**
 * Projects to begin with: the questions of Li & Deng 2019, section III, each with settings that suit it. Values only, so
 * that a page takes them without the schemas.
 */
import type { ChoiceQuestion, Option, ProjectSettings } from './annotation.ts';

/** What `projectSettingsSchema` fills in. */
export const DEFAULT_PROJECT_SETTINGS: Omit<ProjectSettings, 'questions'> = {
  instructions: '',
  consent: '',
  labelsPerImage: 40,
  openTo: 'members',
  showsModel: false,
  goldShare: 0.05,
  passShare: 0.7,
  testAttempts: 2,
  idleSeconds: 60,
  leaseSeconds: 900,
  absentSeconds: 259_200,
  adaptive: null,
  arbitration: false,
  onErase: 'keep',
  retentionDays: null,
};

const NOT_A_FACE: Option = {
  value: 'not-a-face',
  title: 'Not a face',
  help: 'The picture shows no human face, or so little of one that nothing can be said.',
  outside: true,
};
const CANNOT_TELL: Option = {
  value: 'cannot-tell',
  title: 'Cannot tell',
  help: 'There is a face, but no answer would be more than a guess.',
  outside: true,
};

/** In the order of RAF-DB's codes, so that the keys 1 to 7 are its numbers. */
const EXPRESSION: ChoiceQuestion = {
  kind: 'choice',
  key: 'expression',
  title: 'Which expression is the most apparent?',
  options: [
    {
      value: 'surprise',
      title: 'Surprise',
      help: 'Brows raised and curved, eyes wide open, jaw dropped: something unexpected, good or bad.',
    },
    {
      value: 'fear',
      title: 'Fear',
      help: 'Brows raised and drawn together, eyes wide with tense lids, lips stretched sideways.',
    },
    { value: 'disgust', title: 'Disgust', help: 'Nose wrinkled, upper lip raised, eyes narrowed.' },
    {
      value: 'happiness',
      title: 'Happiness',
      help: 'Corners of the mouth pulled up, cheeks raised, often lines beside the eyes.',
    },
    {
      value: 'sadness',
      title: 'Sadness',
      help: 'Inner ends of the brows raised, corners of the mouth pulled down, gaze often lowered.',
    },
    {
      value: 'anger',
      title: 'Anger',
      help: 'Brows lowered and drawn together, eyes staring, lips pressed or bared teeth.',
    },
    { value: 'neutral', title: 'Neutral', help: 'No expression to speak of: the muscles of the face are at rest.' },
    CANNOT_TELL,
    NOT_A_FACE,
  ],
};

const ATTRIBUTES: readonly ChoiceQuestion[] = [
  {
    kind: 'choice',
    key: 'gender',
    title: 'Gender, as it appears',
    options: [
      { value: 'female', title: 'Female' },
      { value: 'male', title: 'Male' },
      { value: 'unclear', title: 'Unclear', help: 'Such as of most infants.' },
    ],
  },
  {
    kind: 'choice',
    key: 'age',
    title: 'Age, as it appears',
    options: [
      { value: 'age-0-3', title: '0–3' },
      { value: 'age-4-19', title: '4–19' },
      { value: 'age-20-39', title: '20–39' },
      { value: 'age-40-69', title: '40–69' },
      { value: 'age-70', title: '70 and over' },
    ],
  },
  {
    kind: 'choice',
    key: 'race',
    title: 'Race, as it appears',
    help: 'The categories of the literature, for comparison with it; they say how a face is seen, not who a person is.',
    options: [
      { value: 'caucasian', title: 'Caucasian' },
      { value: 'african-american', title: 'African American' },
      { value: 'asian', title: 'Asian' },
      { ...CANNOT_TELL, title: 'None of these, or unclear' },
    ],
  },
  {
    kind: 'choice',
    key: 'occlusion',
    title: 'What is covered?',
    help: 'By hands, hair, glasses one cannot see through, masks, or the edge of the picture.',
    options: [
      { value: 'nothing', title: 'Nothing' },
      { value: 'eyes', title: 'Eyes or brows' },
      { value: 'mouth', title: 'Mouth or chin' },
      { value: 'both', title: 'Both' },
    ],
  },
];

/** The action units in Li & Deng 2019, Table III; described as they are seen. */
const UNITS: readonly (readonly [number, string, string])[] = [
  [1, 'Inner brow raiser', 'The inner ends of the brows go up.'],
  [2, 'Outer brow raiser', 'The outer ends of the brows go up.'],
  [4, 'Brow lowerer', 'The brows go down and together; a crease between them.'],
  [5, 'Upper lid raiser', 'More of the upper white of the eye shows.'],
  [6, 'Cheek raiser', 'The cheeks go up; lines beside the eyes.'],
  [7, 'Lid tightener', 'The lids narrow, the lower one straightens.'],
  [9, 'Nose wrinkler', 'Wrinkles along the sides and the root of the nose.'],
  [10, 'Upper lip raiser', 'The middle of the upper lip goes up.'],
  [12, 'Lip corner puller', 'The corners of the mouth go up and back.'],
  [15, 'Lip corner depressor', 'The corners of the mouth go down.'],
  [17, 'Chin raiser', 'The chin wrinkles and pushes the lower lip up.'],
  [20, 'Lip stretcher', 'The mouth is stretched sideways.'],
  [25, 'Lips part', 'The lips are apart, the teeth may show.'],
  [26, 'Jaw drop', 'The jaw hangs, loosely open.'],
  [27, 'Mouth stretch', 'The mouth is pulled wide open.'],
];

export interface ProjectPreset {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly settings: ProjectSettings;
}

export const PROJECT_PRESETS: readonly ProjectPreset[] = [
  {
    name: 'expressions',
    title: 'Seven basic expressions',
    summary: 'The most apparent of seven expressions, by forty people for each image.',
    settings: {
      ...DEFAULT_PROJECT_SETTINGS,
      questions: [EXPRESSION],
      instructions: [
        'Look at the face as a whole, and choose the expression that is **the most apparent**.',
        '',
        '- Answer what you see, not what the person may feel.',
        '- Your first impression counts. There is no hurry, but do not ponder.',
        '- If two expressions are mixed, choose the stronger one.',
      ].join('\n'),
    },
  },
  {
    name: 'attributes',
    title: 'Gender, age, race, occlusion',
    summary: 'Four questions about each face, by three people.',
    settings: {
      ...DEFAULT_PROJECT_SETTINGS,
      questions: [...ATTRIBUTES],
      labelsPerImage: 3,
      instructions: 'Answer how the face **appears**. Nobody can see in a picture what a person is.',
    },
  },
  {
    name: 'landmarks',
    title: 'Box and five landmarks',
    summary: 'The face’s rectangle, both eyes, the tip of the nose and the corners of the mouth, by one person.',
    settings: {
      ...DEFAULT_PROJECT_SETTINGS,
      questions: [
        { kind: 'box', key: 'face', title: 'Box around the face', help: 'From the brows to the chin, ear to ear.' },
        {
          kind: 'points',
          key: 'landmarks',
          title: 'Five points',
          help: 'Left and right are those of the picture. Guess where a hidden point would be, and mark it as hidden.',
          points: [
            { value: 'left-eye', title: 'Centre of the eye on the left' },
            { value: 'right-eye', title: 'Centre of the eye on the right' },
            { value: 'nose-tip', title: 'Tip of the nose' },
            { value: 'left-mouth', title: 'Corner of the mouth on the left' },
            { value: 'right-mouth', title: 'Corner of the mouth on the right' },
          ],
        },
      ],
      labelsPerImage: 1,
      goldShare: 0,
      instructions: 'Put the box close around the face, then each point where it is, or would be if it is covered.',
    },
  },
  {
    name: 'action-units',
    title: 'Action units',
    summary: 'Two coders mark the units that are there; a third person settles what they say differently.',
    settings: {
      ...DEFAULT_PROJECT_SETTINGS,
      questions: [
        {
          kind: 'choice',
          key: 'units',
          title: 'Which action units are there?',
          help: 'Mark all that are visible, however weak. A face at rest has none.',
          multiple: true,
          optional: true,
          options: UNITS.map(([unit, name, help]) => ({ value: `au${unit}`, title: `AU${unit} ${name}`, help })),
        },
      ],
      labelsPerImage: 2,
      goldShare: 0,
      arbitration: true,
      instructions: 'Mark each action unit that you see. You need to have learnt the Facial Action Coding System.',
    },
  },
];

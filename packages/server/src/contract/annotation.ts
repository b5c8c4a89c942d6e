/** Annotation projects: questions, images, members, answers and figures, as the API tells and takes them. */
import { z } from 'zod';
import { idSchema, timeSchema } from './common.ts';

const keySchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a-z, 0-9 and -, beginning with a letter');
const textSchema = (most: number) => z.string().trim().min(1).max(most);

export const optionSchema = z.object({
  value: keySchema.describe('what is stored and exported'),
  title: textSchema(80),
  help: z.string().max(600).optional().describe('what the class looks like, shown on demand'),
  outside: z
    .boolean()
    .optional()
    .describe(
      'whether it says that the question does not apply (not a face, cannot tell): no class when labels are inferred',
    ),
});
export type Option = z.infer<typeof optionSchema>;

const questionBase = {
  key: keySchema,
  title: textSchema(120),
  help: z.string().max(600).optional(),
  optional: z.boolean().optional().describe('whether it may be left without an answer'),
};
/** One of several options, or any number of them. */
export const choiceQuestionSchema = z.object({
  kind: z.literal('choice'),
  ...questionBase,
  options: z.array(optionSchema).min(2).max(80),
  multiple: z.boolean().optional().describe('whether several options may be chosen'),
});
/** A rectangle around the face. */
export const boxQuestionSchema = z.object({ kind: z.literal('box'), ...questionBase });
/** Named points; each may be hidden, and is then a guess. */
export const pointsQuestionSchema = z.object({
  kind: z.literal('points'),
  ...questionBase,
  points: z
    .array(z.object({ value: keySchema, title: textSchema(80) }))
    .min(1)
    .max(20),
});
export const questionSchema = z
  .discriminatedUnion('kind', [choiceQuestionSchema, boxQuestionSchema, pointsQuestionSchema])
  .meta({ id: 'Question' });
export type Question = z.infer<typeof questionSchema>;
export type ChoiceQuestion = z.infer<typeof choiceQuestionSchema>;

const pixels = z.number().min(-100_000).max(100_000);
export const boxSchema = z.object({
  x: pixels,
  y: pixels,
  width: z.number().positive().max(100_000),
  height: z.number().positive().max(100_000),
});
export const pointSchema = z.object({ x: pixels, y: pixels, hidden: z.boolean() });
/**
 * The answer to one question, by its kind: an option's value, a list of them, a box, or the points in the question's
 * order. Pixels are of the image as displayed.
 */
export const answerValueSchema = z.union([
  keySchema,
  z.array(keySchema).max(80),
  boxSchema,
  z.array(pointSchema).max(20),
]);
export const answerSchema = z.record(keySchema, answerValueSchema).meta({ id: 'Answer' });
export type Answer = z.infer<typeof answerSchema>;
export type AnswerValue = z.infer<typeof answerValueSchema>;

export const projectSettingsSchema = z
  .object({
    questions: z.array(questionSchema).min(1).max(12),
    instructions: z.string().max(20_000).default('').describe('Markdown, shown before work and on demand'),
    consent: z.string().max(20_000).default('').describe('what members agree to before they begin; empty: nothing'),
    labelsPerImage: z.int().min(1).max(1000).default(40),
    openTo: z
      .enum(['members', 'annotators'])
      .default('members')
      .describe('annotators: everybody who may annotate can join'),
    showsModel: z
      .boolean()
      .default(false)
      .describe("whether the model's proposal is shown: labels are then no longer blind"),
    goldShare: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.05)
      .describe('silent items of known answer, per work item; none where no image is gold'),
    passShare: z.number().min(0).max(1).default(0.7).describe('share of the test that must be right'),
    testAttempts: z.int().min(1).max(20).default(2),
    idleSeconds: z.int().min(5).max(3600).default(60).describe('time without a touch that no longer counts as work'),
    leaseSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(900)
      .describe('how long a handed-out image is held for its annotator'),
    absentSeconds: z
      .int()
      .min(1)
      .max(31_536_000)
      .default(259_200)
      .describe('an annotator unseen for so long gives open images back'),
    adaptive: z
      .object({
        certainty: z
          .number()
          .min(0.5)
          .max(1)
          .default(0.999)
          .describe('posterior of the label from which an image is not asked about again'),
        least: z.int().min(1).max(100).default(3).describe('labels before that'),
      })
      .nullable()
      .default(null)
      .describe('stop asking about an image once its label is certain; labelsPerImage is then the most'),
    arbitration: z
      .boolean()
      .default(false)
      .describe('with two labels an image: a third person settles what the two say differently'),
    onErase: z
      .enum(['keep', 'reopen'])
      .default('keep')
      .describe('labels of somebody who is erased stay under a random id, or are asked for again'),
    retentionDays: z
      .int()
      .min(1)
      .max(36_500)
      .nullable()
      .default(null)
      .describe('the images are removed so long after the project was closed'),
  })
  .meta({ id: 'ProjectSettings' });
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;

export const PROJECT_STATES = ['draft', 'open', 'paused', 'closed'] as const;
export const MEMBER_STATES = ['new', 'tutorial', 'test', 'active', 'failed', 'left', 'excluded'] as const;
export const memberStateSchema = z.enum(MEMBER_STATES).meta({ id: 'MemberState' });
export type MemberState = z.infer<typeof memberStateSchema>;
export const MEMBER_ROLES = ['annotator', 'arbiter', 'manager'] as const;

/** What an annotator has done and has left. */
export const ownProgressSchema = z
  .object({
    state: memberStateSchema,
    role: z.enum(MEMBER_ROLES),
    done: z.int().describe('labels given to images'),
    planned: z.int().describe('images that are theirs to label, those done included; more may follow'),
    activeSeconds: z.number(),
    isWaiting: z
      .boolean()
      .describe('nothing to do now, and more may come: others have to finish, or images to be added'),
    test: z
      .object({ share: z.number().describe('that was right'), attemptsLeft: z.int() })
      .nullable()
      .optional()
      .describe('how the last finished test went; null or absent: none was finished'),
  })
  .meta({ id: 'OwnProgress' });
export type OwnProgress = z.infer<typeof ownProgressSchema>;

export const projectSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    state: z.enum(PROJECT_STATES),
    createdAt: timeSchema,
    settings: projectSettingsSchema.describe('for annotators without what would tell them which images are tests'),
    images: z.int(),
    own: ownProgressSchema.nullable().describe('null: the caller is not a member'),
    manages: z.boolean().describe('whether the caller manages it'),
    labels: z.object({ given: z.int(), wanted: z.int() }).nullable().describe('null for those who do not manage it'),
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof projectSchema>;
export const projectsSchema = z.object({ projects: z.array(projectSchema) });
export const newProjectSchema = z.object({ name: textSchema(120), settings: projectSettingsSchema });
export const projectChangeSchema = z
  .object({
    name: textSchema(120).optional(),
    state: z.enum(PROJECT_STATES).optional(),
    settings: projectSettingsSchema.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'expected name, state or settings');

export const TASK_ROLES = ['work', 'gold', 'tutorial', 'test'] as const;
export type TaskRole = (typeof TASK_ROLES)[number];
export const proposalSchema = z.object({
  answer: answerSchema.describe('boxes and points that the recogniser found, for correction by hand'),
  landmarks: z.array(z.tuple([z.number(), z.number()])).describe('37 points found automatically; empty without a face'),
  expressions: z.record(z.string(), z.number()).describe("the model's probabilities"),
});
export type Proposal = z.infer<typeof proposalSchema>;
export const taskSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('path or file name as it was imported'),
    role: z.enum(TASK_ROLES),
    width: z.int(),
    height: z.int(),
    source: z.string().nullable().describe('address, or what else says where the image is from'),
    license: z.string().nullable(),
    keyword: z.string().nullable().describe('by which it was found'),
    duplicateOf: idSchema.nullable().describe('an image that looks the same'),
    gold: answerSchema.nullable().describe('the known answer'),
    feedback: z.string().nullable().describe('shown after the answer to a tutorial item'),
    wanted: z.int(),
    counted: z.int().describe('labels that count'),
    surplus: z.int().describe('labels that came too late to count, and are kept'),
    votes: z
      .record(keySchema, z.record(z.string(), z.int()))
      .describe('by choice question and option, of labels that count'),
    proposal: proposalSchema.nullable(),
  })
  .meta({ id: 'AnnotationTask' });
export type AnnotationTask = z.infer<typeof taskSchema>;
export const tasksSchema = z.object({ tasks: z.array(taskSchema) });
export const taskChangeSchema = z.object({
  role: z.enum(TASK_ROLES).optional(),
  gold: answerSchema.nullable().optional(),
  feedback: z.string().max(600).nullable().optional(),
});
/** What is said of an image when it is added. */
export const imageAboutSchema = z.object({
  role: z.enum(TASK_ROLES).optional(),
  source: z.string().max(2000).optional(),
  license: z.string().max(300).optional(),
  keyword: z.string().max(300).optional(),
  gold: answerSchema.optional(),
  feedback: z.string().max(600).optional(),
});
export type ImageAbout = z.infer<typeof imageAboutSchema>;
/** The form field `about`, JSON, before the files: of all images, and of single ones by their names, which go first. */
export const importAboutSchema = z.object({
  all: imageAboutSchema.default({}),
  files: z.record(z.string(), imageAboutSchema).default({}),
});
export type ImportAbout = z.infer<typeof importAboutSchema>;
export const importSchema = z.object({
  added: z.int(),
  duplicates: z
    .array(z.object({ file: z.string(), of: z.string() }))
    .describe('the same bytes are not added again; what looks the same is, and is marked'),
  refused: z.array(z.object({ file: z.string(), error: z.string() })),
});

/** An image handed to an annotator. */
export const assignmentSchema = z
  .object({
    id: idSchema.describe('of the assignment'),
    kind: z.enum(['work', 'tutorial', 'test', 'arbitration']).describe('gold items say work'),
    image: z.string().describe('path of the image'),
    width: z.int(),
    height: z.int(),
    proposal: answerSchema
      .nullable()
      .describe('boxes and points to correct; choices only where the project shows the model'),
    others: z.array(answerSchema).nullable().describe('of an arbitration: what the two say'),
    answer: answerSchema.nullable().describe("the annotator's own, after an undo"),
    leaseSeconds: z.number().describe('how long it is held'),
  })
  .meta({ id: 'Assignment' });
export type Assignment = z.infer<typeof assignmentSchema>;
export const nextRequestSchema = z.object({
  count: z.int().min(1).max(100).default(5),
  held: z
    .array(idSchema)
    .max(200)
    .default([])
    .describe('assignments that the client holds: they are not given again, and their lease begins anew'),
});
export const nextSchema = z.object({ assignments: z.array(assignmentSchema), own: ownProgressSchema });

/** What an annotator did. Events are only added; the same key is taken once, however often it is sent. */
export const annotationEventSchema = z
  .object({
    key: z
      .string()
      .regex(/^[0-9a-zA-Z-]{8,64}$/)
      .describe('made by the client, anew for each event'),
    assignment: idSchema,
    kind: z.enum(['answer', 'skip', 'undo']),
    answer: answerSchema.optional(),
    activeMs: z.int().min(0).max(86_400_000).default(0).describe('without idle time'),
    at: timeSchema.optional().describe("by the client's clock"),
  })
  .refine(
    ({ kind, answer }) => (kind === 'answer') === (answer !== undefined),
    'an answer, and nothing else, has an answer',
  )
  .meta({ id: 'AnnotationEvent' });
export type AnnotationEvent = z.infer<typeof annotationEventSchema>;
export const eventsRequestSchema = z.object({ events: z.array(annotationEventSchema).min(1).max(200) });
export const OUTCOMES = ['counted', 'surplus', 'noted', 'refused'] as const;
export const eventResultSchema = z.object({
  key: z.string(),
  outcome: z
    .enum(OUTCOMES)
    .describe(
      'surplus: it is kept but does not count, as the image went to somebody else; noted: of an undo, a skip, or an item outside the work; refused: it cannot be taken, and need not be sent again',
    ),
  message: z.string().nullable().describe('why it was refused'),
  isRight: z.boolean().nullable().describe('of a tutorial item'),
  feedback: z.string().nullable(),
});
export type EventResult = z.infer<typeof eventResultSchema>;
export const eventsSchema = z.object({ results: z.array(eventResultSchema), own: ownProgressSchema });

export const memberSchema = z
  .object({
    id: idSchema.describe('of the member in this project: the pseudonym under which labels are exported'),
    user: z.object({ id: idSchema, name: z.string() }).nullable().describe('null: erased'),
    role: z.enum(MEMBER_ROLES),
    state: memberStateSchema,
    joinedAt: timeSchema,
    seenAt: timeSchema.nullable(),
    planned: z.int(),
    done: z.int(),
    surplus: z.int(),
    skipped: z.int(),
    activeSeconds: z.number(),
    medianSeconds: z.number().nullable().describe('active time of a label'),
    gold: z.object({ right: z.int(), seen: z.int() }),
    testShare: z.number().nullable().describe('share of the last test that was right'),
    reliability: z.number().nullable(),
    kappa: z.number().nullable().describe("Cohen's, against the inferred labels"),
    flags: z.array(z.enum(['fast', 'constant', 'contrary', 'random', 'gold'])),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof memberSchema>;
export const membersSchema = z.object({ members: z.array(memberSchema) });
export const newMembersSchema = z.object({
  users: z.array(idSchema).min(1).max(1000),
  role: z.enum(MEMBER_ROLES).default('annotator'),
});
export const memberChangeSchema = z.object({
  role: z.enum(MEMBER_ROLES).optional(),
  state: z.enum(['active', 'left', 'excluded']).optional(),
  returnWork: z
    .boolean()
    .default(false)
    .describe('of an exclusion: whether the labels given no longer count, and are asked for again'),
});
export const joinProjectSchema = z.object({ consents: z.boolean() });

const intervalSchema = z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const histogramSchema = z.array(z.object({ from: z.number(), to: z.number(), count: z.int() }));
export const qualitySchema = z
  .object({
    at: timeSchema,
    labels: z.object({ given: z.int(), wanted: z.int(), surplus: z.int(), perHour: z.number() }),
    people: z.object({
      wanted: z.int().describe('annotators without whom the project cannot be finished, beyond those there'),
      active: z.int(),
    }),
    questions: z.array(
      z.object({
        key: keySchema,
        method: z.string().describe('by which labels and reliabilities are inferred'),
        why: z.string().nullable(),
        agreement: z
          .record(z.string(), intervalSchema)
          .describe("Fleiss' κ, Krippendorff's α and Cronbach's α with 95 % intervals"),
        classes: z.array(
          z.object({ value: z.string(), votes: z.int(), images: z.int().describe('whose inferred label it is') }),
        ),
        subsets: z.record(z.string(), z.int()).describe('images with one label, two, more, none'),
        pairs: z.array(z.object({ values: z.array(z.string()), images: z.int() })).describe('of two labels'),
        kappaByOption: z
          .record(z.string(), intervalSchema)
          .describe("of several options: Cohen's κ of the two coders for each"),
      }),
    ),
    pose: z
      .object({ yaw: histogramSchema, pitch: histogramSchema, roll: histogramSchema })
      .describe('degrees, from the points'),
  })
  .meta({ id: 'Quality' });
export type Quality = z.infer<typeof qualitySchema>;

export const EXPORTS = ['votes', 'manifest', 'raf-db', 'coco', 'events'] as const;
export const exportQuerySchema = z.object({
  as: z
    .enum(EXPORTS)
    .default('votes')
    .describe(
      'votes: CSV of task, worker, label, time; raf-db: a ZIP of its folders; coco: key points; events: all that happened, JSONL',
    ),
  question: keySchema.optional().describe('of votes, manifest and raf-db: which; without, the first that fits'),
  method: z.string().max(40).optional().describe('by which labels are inferred; without, the votes choose'),
});

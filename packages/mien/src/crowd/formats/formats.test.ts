/** The forms of votes that people have: each is the same nine votes, told from its columns alone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { parseColumnChoice } from '../../tables/index.ts';
import { readVotes, type ReadVotesOptions } from '../read-votes.ts';
import { createVotes, type Votes } from '../votes.ts';
import { VOTES_FORMATS } from './index.ts';

const TASKS = ['a.jpg', 'b.jpg', 'c, d.jpg'] as const;
const WORKERS = ['001', '002', 'Zoë'] as const;
const LABELS = [
  ['happy', 'sad', 'happy'],
  ['sad', 'sad', 'sad'],
  ['angry', 'happy', 'angry'],
] as const;
const VOTES = TASKS.flatMap((task, t) => WORKERS.map((worker, w) => ({ task, worker, label: LABELS[t]![w]! })));
const EXPECTED = createVotes(VOTES);

interface Read {
  readonly votes: Votes;
  readonly notes: readonly string[];
}
function read(
  content: string,
  { columns, ...options }: Omit<ReadVotesOptions, 'columns'> & { columns?: string } = {},
): Promise<Read> {
  return withFiles({}, async (folder) => {
    const file = join(folder, 'votes');
    await writeFile(file, content);
    const notes: string[] = [];
    const votes = await readVotes(file, {
      ...options,
      ...(columns === undefined ? {} : { columns: parseColumnChoice(columns) }),
      onNote: (text) => notes.push(text),
    });
    return { votes, notes };
  });
}
const failure = (content: string, options?: Parameters<typeof read>[1]): Promise<string> =>
  read(content, options).then(
    () => expect.fail('accepted'),
    (error: Error) => error.message.replace(/^\S*votes:? ?/, ''),
  );

const quoted = (text: string | number): string =>
  /[",;\t\n]/.test(String(text)) ? `"${String(text).replaceAll('"', '""')}"` : String(text);
const table = (header: readonly string[], rows: readonly (readonly (string | number)[])[], separator = ','): string =>
  [header, ...rows].map((row) => row.map(quoted).join(separator)).join('\n');
const rows = (make: (vote: (typeof VOTES)[number], i: number) => (string | number)[]): (string | number)[][] =>
  VOTES.map(make);

/** The tags and members of an annotation of Label Studio. */
const annotation = ({ worker, label }: { worker: string; label: string }, more: object = {}): object => ({
  completed_by: worker,
  was_cancelled: false,
  lead_time: 3.5,
  result: [{ from_name: 'feeling', to_name: 'image', type: 'choices', value: { choices: [label] } }],
  ...more,
});
const studioTasks = (more: object[] = []): object[] =>
  TASKS.map((image, t) => ({
    id: t + 7,
    data: { text: 'which?', image },
    annotations: [...VOTES.filter(({ task }) => task === image).map((vote) => annotation(vote)), ...more],
  }));
const hits = (answer: Record<string, (label: string) => string>): string =>
  table(
    [
      'HITId',
      'WorkerId',
      'AssignmentStatus',
      'WorkTimeInSeconds',
      'Input.image_url',
      'Input.id',
      ...Object.keys(answer),
    ],
    rows(({ task, worker, label }, i) => [
      `H${i}`,
      worker,
      i === 0 ? 'Submitted' : 'Approved',
      '12',
      task,
      i,
      ...Object.values(answer).map((text) => text(label)),
    ]),
  );

type Form = readonly [name: string, content: string, note: RegExp | undefined, options?: Parameters<typeof read>[1]];
const FORMS: readonly (readonly [
  name: string,
  content: string,
  note: RegExp | undefined,
  options: Parameters<typeof read>[1],
])[] = (
  [
    [
      'task, worker, label',
      table(
        ['task', 'worker', 'label'],
        rows(({ task, worker, label }) => [task, worker, label]),
      ),
      undefined,
    ],
    [
      'item first, and an index',
      table(
        ['', 'label', 'item', 'worker', 'age'],
        rows(({ task, worker, label }, i) => [i, label, task, worker, 30]),
      ),
      undefined,
    ],
    [
      'semicolons',
      table(
        ['task', 'worker', 'label'],
        rows(({ task, worker, label }) => [task, worker, label]),
        ';',
      ),
      undefined,
    ],
    [
      'tabs in a file of any name',
      table(
        ['task', 'worker', 'label'],
        rows(({ task, worker, label }) => [task, worker, label]),
        '\t',
      ),
      undefined,
    ],
    [
      'CR, blank rows, quoted names',
      `"task","worker","label"\r,,\r${rows(({ task, worker, label }) => [quoted(task), worker, label])
        .map((row) => row.join(','))
        .join('\r\r')}\r,,\r`,
      undefined,
    ],
    [
      'crowd-kit',
      table(
        ['task', 'performer', 'label'],
        rows(({ task, worker, label }) => [task, worker, label]),
      ),
      /^read as rows: task = task, worker = performer, label = label$/,
    ],
    [
      'Figure Eight',
      table(
        ['_unit_id', '_created_at', '_worker_id', 'image_url', 'emotion'],
        rows(({ task, worker, label }, i) => [i, '1/2/2015 10:00:00', worker, task, label]),
      ),
      /task = image_url, worker = _worker_id, label = emotion/,
    ],
    [
      'doccano, as JSON',
      JSON.stringify(VOTES.map(({ task, worker, label }) => ({ filename: task, username: worker, label }))),
      /task = filename, worker = username/,
    ],
    [
      'a column a class, one marked',
      table(
        ['image', 'rater', 'Happy', 'Sad', 'Angry'],
        rows(({ task, worker, label }) => [
          task,
          worker,
          ...['happy', 'sad', 'angry'].map((name) => (name === label ? '1.0' : '0.0')),
        ]),
      ),
      /label = the marked one of Happy, Sad, Angry/,
    ],
    [
      'a column a worker',
      table(
        ['task', ...WORKERS],
        TASKS.map((task, t) => [task, ...LABELS[t]!]),
      ),
      /^read as wide: task = task, 3 workers \(001, 002, Zoë\)$/,
    ],
    [
      'pandas, a column a worker',
      table(
        ['', ...WORKERS],
        TASKS.map((task, t) => [task, ...LABELS[t]!]),
      ),
      /task = the first column/,
    ],
    [
      'Toloka',
      table(
        [
          'INPUT:image',
          'INPUT:id',
          'OUTPUT:result',
          'GOLDEN:result',
          'HINT:text',
          'ASSIGNMENT:worker_id',
          'ASSIGNMENT:status',
          'ASSIGNMENT:started',
        ],
        rows(({ task, worker, label }, i) => [
          task,
          i,
          label,
          '',
          '',
          worker,
          i === 0 ? 'SUBMITTED' : 'APPROVED',
          '2020-01-01T00:00:00',
        ]),
        '\t',
      ),
      /^read as toloka: task = INPUT:image, worker = ASSIGNMENT:worker_id, label = OUTPUT:result$/,
    ],
    [
      'Mechanical Turk',
      hits({ 'Answer.emotion.label': (label) => label }),
      /^read as mturk: task = Input\.image_url, worker = WorkerId, label = Answer\.emotion\.label$/,
    ],
    [
      'Mechanical Turk, radio buttons',
      hits(
        Object.fromEntries(
          ['happy', 'sad', 'angry'].map((name) => [
            `Answer.${name}.${name}`,
            (label: string) => String(label === name),
          ]),
        ),
      ),
      /label = the marked one of Answer\.happy\.happy/,
    ],
    [
      'Mechanical Turk, named radio buttons',
      hits(
        Object.fromEntries(
          ['happy', 'sad', 'angry'].map((name) => [
            `Answer.emotion.${name}`,
            (label: string) => String(label === name),
          ]),
        ),
      ),
      /the marked one of Answer\.emotion\.happy/,
    ],
    [
      'Mechanical Turk, answers as JSON',
      hits({ 'Answer.taskAnswers': (label) => JSON.stringify([{ emotion: { label } }]) }),
      /label = Answer\.taskAnswers/,
    ],
    [
      'Mechanical Turk, radio buttons as JSON',
      hits({
        'Answer.taskAnswers': (label) =>
          JSON.stringify([{ emotion: { angry: label === 'angry', happy: label === 'happy', sad: label === 'sad' } }]),
      }),
      /label = Answer\.taskAnswers/,
    ],
    ['Label Studio', JSON.stringify(studioTasks(), null, 2), /^read as label-studio: task = the image in data/],
    [
      'Label Studio, early',
      JSON.stringify(
        TASKS.map((image, t) => ({
          id: t,
          data: { image },
          completions: VOTES.filter(({ task }) => task === image).map((vote) =>
            annotation(vote, { completed_by: { id: 4, email: vote.worker } }),
          ),
        })),
      ),
      /label-studio/,
    ],
    [
      'Label Studio, JSON-MIN',
      JSON.stringify(
        VOTES.map(({ task, worker, label }, i) => ({
          image: task,
          id: i,
          feeling: label,
          annotator: worker,
          annotation_id: i,
          created_at: '',
          lead_time: 2,
        })),
      ),
      /task = image, worker = annotator, label = feeling/,
    ],
    [
      'Label Studio, CSV',
      table(
        ['image', 'id', 'feeling', 'annotator', 'annotation_id', 'created_at', 'lead_time'],
        rows(({ task, worker, label }, i) => [
          task,
          i,
          i === 0 ? JSON.stringify({ choices: [label] }) : label,
          worker,
          i,
          '',
          2,
        ]),
      ),
      /label = feeling/,
    ],
    [
      'Label Studio, sorted columns',
      table(
        ['annotation_id', 'annotator', 'choice', 'created_at', 'id', 'image', 'lead_time'],
        rows(({ task, worker, label }, i) => [i, worker, label, '', i, task, 2]),
      ),
      /label = choice/,
    ],
    [
      'Prodigy',
      VOTES.map(({ task, worker, label }) =>
        JSON.stringify({
          image: 'data:image/png;base64,AA',
          path: task,
          options: [],
          accept: [label],
          answer: 'accept',
          _task_hash: 3,
          _input_hash: 5,
          _annotator_id: worker,
        }),
      ).join('\n'),
      /^read as prodigy/,
    ],
    [
      "names of one's own",
      table(
        ['photo id', 'who', 'felt', 'task'],
        rows(({ task, worker, label }, i) => [task, worker, label, i]),
      ),
      /task = photo id, worker = who, label = felt/,
      { columns: 'task=photo id,worker=who,label=felt' },
    ],
    [
      'a column a worker, named',
      table(
        ['task', ...WORKERS, 'dr who'],
        TASKS.map((task, t) => [task, ...LABELS[t]!, 'x']),
      ),
      /3 workers/,
      { columns: 'worker=001,worker=002,worker=Zoë' },
    ],
  ] as const satisfies readonly Form[]
).map(([name, content, note, options]: Form) => [name, content, note, options]);

describe('the same votes', () => {
  it.each(FORMS)('%s', async (_, content, note, options) => {
    const { votes, notes } = await read(content, options);
    const lower = votes.classes.map((name) => name.toLowerCase());
    expect([...lower].sort()).toEqual([...EXPECTED.classes].sort());
    expect(votes).toMatchObject({
      tasks: EXPECTED.tasks,
      workers: EXPECTED.workers,
      task: EXPECTED.task,
      worker: EXPECTED.worker,
    });
    expect(votes.label.map((k) => EXPECTED.classes.indexOf(lower[k]!))).toEqual(EXPECTED.label);
    expect(notes).toEqual(note ? [expect.stringMatching(note)] : []);
  });

  it('every form is among them, or below', () => {
    const tried = FORMS.flatMap(([, , note]) =>
      note ? [/read as ([\w-]+)|^(label-studio)/.exec(note.source)?.[1] ?? 'rows'] : ['rows'],
    );
    expect([...new Set([...tried, 'label-studio', 'counts'])].sort()).toEqual(
      VOTES_FORMATS.map(({ name }) => name).sort(),
    );
  });
});

describe('counts', () => {
  it('are votes of workers who are not known', async () => {
    const { votes, notes } = await read(
      'Usage,Image name,neutral,happiness,unknown,NF\nTraining,a,3,1,0,0\nTraining,b,0,2.0,1,\nTraining,,0,0,0,10\nTraining,c,0,0,0,0\n',
    );
    expect(votes).toMatchObject({ anonymous: true, tasks: ['a', 'b'] });
    expect(votes.classes).toEqual(['happiness', 'neutral', 'unknown']);
    expect([votes.task.length, votes.workers.length]).toEqual([7, 7]);
    expect(notes).toEqual([
      'read as counts: task = Image name, counts of neutral, happiness, unknown, NF',
      '1 row without the name of a task is passed over',
      '1 row without a label is passed over',
    ]);
  });

  it('are of the classes that are given', async () => {
    expect(
      (await read('task,yes,no,n\na,3,1,4\n', { format: 'counts', classes: ['no', 'yes'] })).votes.classes,
    ).toEqual(['no', 'yes']);
    expect(await failure('task,happy,sad\na,3,1.5\n')).toBe('2: votes for sad: expected a whole number, got "1.5"');
  });
});

describe('what holds no vote is passed over, and counted', () => {
  it('missing labels, in whatever way they are written', async () => {
    const { votes, notes } = await read(
      'task,worker,label\n1,a,x\n2,a,\n2,b,NA\n2,c,NaN\n2,d,nan\n2,e,null\n2,f,None\n1,b,none\n',
    );
    expect([votes.classes, votes.task.length, notes]).toEqual([
      ['none', 'x'],
      2,
      ['6 rows without a label are passed over'],
    ]);
    expect((await read('task,worker,label\n1,a,NA\n1,b,x\n', { classes: ['NA', 'x'] })).votes.task.length).toBe(2);
  });

  it('rejected and skipped assignments, and several labels at once', async () => {
    expect(
      (
        await read(
          table(
            ['HITId', 'WorkerId', 'AssignmentStatus', 'Answer.x'],
            [
              ['h', 'a', 'Approved', 'y'],
              ['h', 'b', 'Rejected', 'z'],
            ],
          ),
        )
      ).notes[1],
    ).toBe('1 row that the requester rejected is passed over');
    expect(
      (
        await read(
          table(
            ['INPUT:image', 'OUTPUT:x', 'ASSIGNMENT:worker_id', 'ASSIGNMENT:status'],
            [
              ['h', 'y', 'a', 'APPROVED'],
              ['h', '', 'b', 'SKIPPED'],
              ['h', 'z', 'c', 'REJECTED'],
            ],
            '\t',
          ),
        )
      ).notes.slice(1),
    ).toEqual([
      '1 task that the annotator skipped or did not finish is passed over',
      '1 row that the requester rejected is passed over',
    ]);
    const several = annotation(
      { worker: 'x', label: '' },
      { result: [{ from_name: 'feeling', value: { choices: ['sad', 'angry'] } }] },
    );
    const { votes, notes } = await read(
      JSON.stringify(
        studioTasks([
          several,
          annotation({ worker: 'y', label: 'sad' }, { was_cancelled: true }),
          annotation({ worker: 'z', label: '' }, { result: [] }),
        ]),
      ),
    );
    expect([votes.task.length, notes.slice(1)]).toEqual([
      9,
      [
        '3 rows with several labels at once are passed over',
        '3 tasks that the annotator skipped or did not finish are passed over',
        '3 rows without a label are passed over',
      ],
    ]);
    expect(
      (
        await read(
          table(
            ['image', 'rater', 'happy', 'sad'],
            [
              ['a', 'w', 1, 1],
              ['a', 'v', 1, 0],
              ['a', 'u', 0, 0],
            ],
          ),
        )
      ).notes.slice(1),
    ).toEqual(['1 row with several labels at once is passed over', '1 row without a label is passed over']);
  });

  it('times that nobody asked for', async () => {
    expect((await read('task,worker,label,timestamp\n1,a,x,soon\n')).notes[1]).toBe(
      '1 times cannot be read, and are passed over',
    );
  });
});

it('takes whole numbers for one label, however they are written', async () => {
  const { votes } = await read('task,worker,label\n1,a,0\n1,b,0.0\n2,a,3\n2,b,3.00\n2,c,10.0\n3,a,0.5\n');
  expect(votes.classes).toEqual(['0', '3', '10', '0.5']);
});

describe('what cannot be told is asked', () => {
  it.each([
    [
      'task,w1,w2\na,1,3\n',
      undefined,
      'numbers may be labels of workers or counts of classes: the option format tells which, wide or counts',
    ],
    [
      table(['INPUT:image', 'OUTPUT:x', 'OUTPUT:y', 'ASSIGNMENT:worker_id'], [['a', 'b', 'c', 'd']], '\t'),
      undefined,
      'has several columns that may be the label: OUTPUT:x, OUTPUT:y. The option columns chooses, as in label=OUTPUT:x',
    ],
    [
      hits({ 'Answer.mood': () => 'x', 'Answer.age.value': () => '3' }),
      undefined,
      'has several columns that may be the label: Answer.mood, Answer.age.value',
    ],
    [
      JSON.stringify([
        {
          id: 1,
          data: { image: 'a' },
          annotations: [
            { completed_by: 1, result: ['p', 'q'].map((name) => ({ from_name: name, value: { choices: ['x'] } })) },
          ],
        },
      ]),
      undefined,
      'has answers to several questions: p, q. The option columns chooses, as in label=p',
    ],
    [
      'image,label\na,x\n',
      undefined,
      'no column "worker": expected task, worker, label, possibly time; its columns are image, label. The option columns can name it: worker=COLUMN',
    ],
    ['a.jpg,ann,happy\nb.jpg,ann,sad\n', undefined, 'no column "task": expected task, worker, label'],
    [
      'task,worker,label\na,b,c\n',
      { format: 'mturk' },
      'is not the results of a batch of Mechanical Turk: its columns are task, worker, label',
    ],
    [
      'task,worker,label\na,b,c\n',
      { format: 'excel' },
      'unknown format "excel": expected label-studio, prodigy, toloka, mturk, rows, counts, wide',
    ],
    ['image,rater,happy,sad\na,w,2,0\n', undefined, 'happy: expected 0 or 1, got "2"'],
  ])('%j', async (content, options, message) => {
    expect(await failure(content, options)).toContain(message);
  });

  it('and answered', async () => {
    expect((await read('task,w1,w2\na,1,3\n', { format: 'wide' })).votes).toMatchObject({
      workers: ['w1', 'w2'],
      classes: ['1', '3'],
    });
    expect((await read('task,w1,w2\na,1,3\n', { format: 'counts' })).votes).toMatchObject({
      anonymous: true,
      classes: ['w1', 'w2'],
    });
    const two = table(['INPUT:image', 'OUTPUT:x', 'OUTPUT:y', 'ASSIGNMENT:worker_id'], [['a', 'b', 'c', 'd']], '\t');
    expect((await read(two, { columns: 'label=OUTPUT:y' })).votes.classes).toEqual(['c']);
  });
});

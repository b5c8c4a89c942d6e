/** Toloka's table of assignments: `INPUT:…`, `OUTPUT:…`, `ASSIGNMENT:worker_id`, `ASSIGNMENT:status`. */
import { checkChoice, type TableHeader } from '../../tables/index.ts';
import { chooseColumn, IMAGE_NAMES } from './choose-column.ts';
import type { VotesFormat } from './format.ts';

const WORKER = ['ASSIGNMENT:worker_id', 'ASSIGNMENT:user_id'];
const NOT_FINISHED = /^(skipped|expired|active)$/i;

export const tolokaFormat: VotesFormat = {
  name: 'toloka',
  title: 'the table of assignments that Toloka exports',
  isExport: true,
  recognizes: (header) => header.has(...WORKER) && header.names.some((name) => /^OUTPUT:/i.test(name)),
  open(header, sink, { columns = {} }) {
    checkChoice(header, ['task', 'worker', 'label', 'time'], columns);
    const task =
      chooseColumn(header, 'task', columns, withPrefix(header, 'INPUT:'), IMAGE_NAMES) ??
      header.find('ASSIGNMENT:task_id')!;
    const label = chooseColumn(header, 'label', columns, withPrefix(header, 'OUTPUT:'))!;
    const worker = header.find(...(columns['worker'] ?? WORKER))!;
    const time = header.find(...(columns['time'] ?? ['ASSIGNMENT:submitted', 'ASSIGNMENT:started']));
    const status = header.find('ASSIGNMENT:status');
    return {
      timeIsGuessed: columns['time'] === undefined,
      description: `task = ${header.nameOf(task)}, worker = ${header.nameOf(worker)}, label = ${header.nameOf(label)}`,
      row(row) {
        const state = status === undefined ? '' : row.text(status);
        if (/^rejected$/i.test(state)) sink.passOver('rejected');
        else if (NOT_FINISHED.test(state)) sink.passOver('skipped');
        else
          sink.vote(
            row.line,
            row.text(task),
            row.text(worker),
            row.text(label),
            time === undefined ? '' : row.text(time),
          );
      },
    };
  },
};

const withPrefix = (header: TableHeader, prefix: string): string[] =>
  header.names.filter((name) => name.toUpperCase().startsWith(prefix));

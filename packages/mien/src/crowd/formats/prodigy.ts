/**
 * Prodigy's JSON lines (`prodigy db-out`): `accept` has the chosen options, or `label` is accepted or rejected by
 * `answer`.
 */
import { checkChoice } from '../../tables/index.ts';
import type { VotesFormat } from './format.ts';

export const prodigyFormat: VotesFormat = {
  name: 'prodigy',
  title: 'the JSON lines of prodigy db-out',
  isExport: true,
  recognizes: (header) => header.has('_task_hash') && header.has('answer'),
  open(header, sink, { columns = {} }) {
    checkChoice(header, ['task', 'worker'], columns);
    const task = header.find(...(columns['task'] ?? ['path', 'image', '_input_hash']))!;
    const hash = header.find('_input_hash')!;
    const worker = header.find(...(columns['worker'] ?? ['_annotator_id', '_session_id']))!;
    const [answer, accepted, label, time] = [
      header.find('answer')!,
      header.find('accept')!,
      header.find('label')!,
      header.find('_timestamp')!,
    ];
    return {
      timeIsGuessed: true,
      description: 'task = the image, worker = _annotator_id, label = the accepted option',
      row(row) {
        if (row.text(answer) !== 'accept') return sink.passOver('skipped');
        const chosen = row.value(accepted);
        if (Array.isArray(chosen) && chosen.length > 1) return sink.passOver('several');
        // Images may be part of the row, as data:…; the hash of the input names them then.
        const name = row.text(task).startsWith('data:') ? row.text(hash) : row.text(task);
        sink.vote(
          row.line,
          name,
          row.text(worker),
          Array.isArray(chosen) ? String(chosen[0] ?? '') : row.text(label),
          row.text(time),
        );
      },
    };
  },
};

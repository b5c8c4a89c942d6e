/**
 * The folds of a protocol, for methods of one's own, and a finished model under it: `node protocols.ts JAFFE_FOLDER`.
 */
import { loadClassifier } from 'mienjs/predict/node';
import { DATABASES } from 'mienjs/data/databases';
import { findProtocol, foldsOf } from 'mienjs/data/protocols';
import { evaluateProtocol, renderProtocolReport } from 'mienjs/protocols';

const jaffe = await DATABASES.find(({ name }) => name === 'jaffe')!.index(process.argv[2]!);
const protocol = findProtocol('jaffe.loso.7');

// lists of records, each with its image, label, person and landmarks
for (const { name, train, validation, test } of foldsOf(protocol, [jaffe])) {
  process.stdout.write(`${name}: ${train.length}, ${validation.length} and ${test.length} images\n`);
}

const report = await evaluateProtocol(await loadClassifier('default'), protocol, [jaffe]);
process.stdout.write(renderProtocolReport(report, 'markdown'));

/** The list by which a verb knows the folder of an earlier run. */
import { exists, writeWhole } from 'mienjs/files';

/**
 * Writes the list before there is anything to be listed, so that the folder of a run that was stopped is taken again; that of an
 * earlier run stays.
 */
export async function markFolder(list: string, document: object): Promise<void> {
  if (!(await exists(list))) await writeWhole(list, `${JSON.stringify(document, null, 2)}\n`);
}

/** The cards of the installed models, as the module `virtual:model-cards`: an array, in the order of their names. */
import { readFile } from 'node:fs/promises';

const NAME = 'virtual:model-cards';

/** @returns {import('vite').Plugin} */
export function modelCards() {
  return {
    name: 'mien-model-cards',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    async load(id) {
      if (id !== `\0${NAME}`) return undefined;
      const { listModels } = await import('mienjs/predict/node');
      const cards = await Promise.all(
        (await listModels()).map(async ({ cardPath }) => JSON.parse(await readFile(cardPath, 'utf8'))),
      );
      // The audits of data sets fill half of a card, and no page shows them
      for (const card of cards) delete card.audits;
      return `export default ${JSON.stringify(cards)};`;
    },
  };
}

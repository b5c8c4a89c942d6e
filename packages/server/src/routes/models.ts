/** The expression models that are installed, with their cards. */
import { z } from 'zod';
import { exists, readText } from 'mienjs/files';
import { listModels } from 'mienjs/predict/node';
import { modelDetailSchema, modelsSchema } from '../contract/index.ts';
import { notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';

export const modelRoutes = [
  route({
    method: 'GET',
    path: '/api/models',
    summary: 'The expression models',
    tag: 'models',
    needs: 'models.read',
    answers: { 200: { description: 'those that are installed', schema: modelsSchema } },
    async handle(_, { recognition: { model } }) {
      const names = (await listModels()).map(({ name }) => name);
      // One that was given as a file is not among those that are installed
      const all = names.includes(model) ? names : [model, ...names];
      return { models: all.map((name) => ({ name, served: name === model })) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/models/:name',
    summary: 'A model and its card',
    tag: 'models',
    needs: 'models.read',
    params: z.object({ name: z.string().max(200) }),
    answers: { 200: { description: 'the model', schema: modelDetailSchema }, 404: { description: 'there is none' } },
    async handle({ params: { name } }, { recognition: { model } }) {
      const found = (await listModels()).find((installed) => installed.name === name);
      if (!found && name !== model) throw notFound('model');
      const card =
        found && (await exists(found.cardPath)) ? (JSON.parse(await readText(found.cardPath)) as object) : null;
      return { name, served: name === model, card };
    },
  }),
];

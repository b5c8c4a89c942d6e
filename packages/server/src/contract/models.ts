/** Expression models, as the API tells them. */
import { z } from 'zod';

export const modelSchema = z
  .object({
    name: z.string(),
    served: z.boolean().describe('whether this server recognises with it'),
  })
  .meta({ id: 'Model' });
export const modelsSchema = z.object({ models: z.array(modelSchema) });

export const modelDetailSchema = modelSchema
  .extend({
    card: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('recipe, data, figures and limits; null where the file of the card is missing'),
  })
  .meta({ id: 'ModelDetail' });

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'stopping', 'failing']),
    version: z.string(),
    model: z.string(),
  })
  .meta({ id: 'Health' });

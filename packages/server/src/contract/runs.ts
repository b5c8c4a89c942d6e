/** Training runs and reports below a folder of the server's machine, as the API tells them. */
import { z } from 'zod';

/** JSON has no NaN: of what cannot be measured. */
const figureSchema = z.number().nullable();

export const runEpochSchema = z
  .object({
    epoch: z.int().describe('from 1'),
    trainLoss: figureSchema,
    validationLoss: figureSchema,
    accuracies: z
      .array(figureSchema)
      .describe('of each output of classes, on the validation split, in the recipe’s order'),
    score: figureSchema.describe('what epochs are compared by'),
    lr: z.number(),
    seconds: z.number(),
  })
  .meta({ id: 'RunEpoch' });
export type RunEpoch = z.infer<typeof runEpochSchema>;

export const runSchema = z
  .object({
    name: z.string().describe('its folder, below the server’s folder of runs'),
    recipe: z.string(),
    state: z.enum(['running', 'stopped', 'finished']),
    epochs: z.int().describe('done'),
    plannedEpochs: z.int(),
    updatedAt: z.iso.datetime(),
    last: runEpochSchema.nullable(),
    best: runEpochSchema.nullable(),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof runSchema>;

export const reportSchema = z
  .object({
    name: z.string().describe('its file, below the server’s folder of runs'),
    title: z.string(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof reportSchema>;

export const runsSchema = z.object({
  runs: z.array(runSchema).describe('those that changed last come first'),
  reports: z.array(reportSchema),
});
export type Runs = z.infer<typeof runsSchema>;

export const runDetailSchema = runSchema
  .extend({
    history: z.array(runEpochSchema),
    card: z.record(z.string(), z.unknown()).nullable().describe('of the model, once the run is finished'),
  })
  .meta({ id: 'RunDetail' });
export type RunDetail = z.infer<typeof runDetailSchema>;

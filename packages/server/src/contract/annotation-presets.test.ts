import { describe, expect, it, test } from 'vitest';
import { DEFAULT_PROJECT_SETTINGS, PROJECT_PRESETS } from './annotation-presets.ts';
import { projectSettingsSchema } from './annotation.ts';

describe('presets of projects', () => {
  test.each(PROJECT_PRESETS.map(({ name, settings }) => [name, settings] as const))(
    '%s is what the contract takes, nothing filled in',
    (_, settings) => {
      expect(projectSettingsSchema.parse(settings)).toEqual(settings);
    },
  );

  it('begin with the defaults of the contract', () => {
    const [{ settings }] = PROJECT_PRESETS as [(typeof PROJECT_PRESETS)[number]];
    const { questions } = settings;
    expect(projectSettingsSchema.parse({ questions })).toEqual({ ...DEFAULT_PROJECT_SETTINGS, questions });
  });
});

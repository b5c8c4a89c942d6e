import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { PythonProcess } from './python-process.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('says which interpreter cannot be started', async () => {
  vi.stubEnv('PYTHON', '/nowhere/python3');
  await expect(
    PythonProcess.start('scikit-image', fileURLToPath(new URL('./skimage/features.py', import.meta.url))),
  ).rejects.toThrow('scikit-image: /nowhere/python3 cannot be started (ENOENT); PYTHON names the interpreter');
});

test('says that a process ended without an answer', async () => {
  vi.stubEnv('PYTHON', '/bin/true');
  await expect(PythonProcess.start('scikit-image', 'any.py')).rejects.toThrow(
    'scikit-image: the process ended before it answered',
  );
});

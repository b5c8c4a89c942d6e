import { describe, expect, it } from 'vitest';
import { FaultLog } from './fault-log.ts';

describe('the log of faults', () => {
  it('tells the same once in ten seconds, with how often it came, and others at once', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const log = new FaultLog(
      (line) => lines.push(line),
      () => nowMs,
    );
    const failed = (message: string): Error => Object.assign(new Error(message), { stack: `Error: ${message}` });
    const away = failed('connect ECONNREFUSED');
    for (nowMs = 0; nowMs < 9000; nowMs += 1000) log.report('GET /api/projects', away);
    log.report('GET /api/jobs', away);
    log.report('GET /api/jobs', failed('x is undefined'));
    nowMs = 10_000;
    log.report('POST /api/jobs', away);
    expect(lines).toEqual([
      'mien: GET /api/projects: Error: connect ECONNREFUSED',
      'mien: GET /api/jobs: Error: x is undefined',
      'mien: POST /api/jobs: Error: connect ECONNREFUSED (9 times more since it was last told)',
    ]);
  });
});

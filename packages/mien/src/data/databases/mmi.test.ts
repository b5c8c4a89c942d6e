import { drawFace, withFiles, writeTree, type Tree } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import type { FaceRecord } from './database.ts';
import { mmi } from './mmi.ts';

const face = drawFace({ width: 4, height: 4, channels: 1, seed: 1 });
const clip = (emotion: string): string => `<Clip><Metatag Name="Emotion" Value="${emotion}"/></Clip>`;

async function index(tree: Tree, problems: string[] = []): Promise<readonly FaceRecord[]> {
  return withFiles({}, async (root) => {
    await writeTree(root, tree);
    return (await mmi.index(root, (_where, message) => problems.push(message))).records;
  });
}

describe('MMI', () => {
  it('takes the view of the track that names the clip, otherwise of the first', async () => {
    const records = await index({
      'Sessions/1/session.xml':
        '<session><track view="1" filename="S001-001.avi"/><track view="0" filename="S001-002.avi"/></session>',
      'Sessions/1/S001-001.avi': '',
      'Sessions/1/S001-002.avi': '',
      'Sessions/1/S001-003.avi': '',
      'Sessions/1/S001-001/1.png': face,
      'Sessions/1/S001-002/1.png': face,
      'Sessions/1/S001-003/1.png': face,
    });
    expect(records.map(({ sequence, attributes }) => [sequence, attributes?.['view']])).toEqual([
      ['Sessions/1/S001-001', 'profile'],
      ['Sessions/1/S001-002', 'frontal'],
      ['Sessions/1/S001-003', 'profile'],
    ]);
  });

  it('takes the view of the track whose annotations name the clip, not a clip of a longer number', async () => {
    const records = await index({
      'Sessions/1/session.xml':
        '<session><track view="0"><annotation filename="S001-0011.xml"/></track><track view="1"><annotation filename="S001-001.xml"/></track></session>',
      'Sessions/1/S001-001.avi': '',
      'Sessions/1/S001-0011.avi': '',
      'Sessions/1/S001-001/1.png': face,
      'Sessions/1/S001-0011/1.png': face,
    });
    expect(records.map(({ sequence, attributes }) => [sequence, attributes?.['view']])).toEqual([
      ['Sessions/1/S001-001', 'profile'],
      ['Sessions/1/S001-0011', 'frontal'],
    ]);
  });

  it('has all six codes, and no label for larger ones', async () => {
    const tree = Object.assign(
      {},
      ...[1, 2, 3, 4, 5, 6, 7].map((code) => ({
        [`Sessions/${code}/session.xml`]: '<session><track view="0"/></session>',
        [`Sessions/${code}/S00${code}-001.xml`]: clip(String(code)),
        [`Sessions/${code}/S00${code}-001/1.png`]: face,
      })),
    ) as Tree;
    expect((await index(tree)).map(({ label }) => label)).toEqual([
      'anger',
      'disgust',
      'fear',
      'happiness',
      'sadness',
      'surprise',
      undefined,
    ]);
  });

  it('reads units without markers as active throughout', async () => {
    const records = await index({
      'Sessions/1/session.xml': '<session><track view="0"/></session>',
      'Sessions/1/S001-001.avi': '',
      'Sessions/1/S001-001/1.png': face,
      'Sessions/1/S001-001/2.png': face,
      'Sessions/1/S001-001-oao_aucs.xml': '<a><ActionUnit Number="12"/></a>',
    });
    expect(records.map(({ actionUnits }) => actionUnits)).toEqual([[{ unit: 12 }], [{ unit: 12 }]]);
  });

  it.each([
    ['', /has the emotion "", expected a whole number from 1/],
    ['0', /has the emotion "0"/],
    ['joy', /has the emotion "joy"/],
  ])('reports the emotion "%s", and keeps the frames', async (value, message) => {
    const problems: string[] = [];
    const records = await index(
      {
        'Sessions/1/session.xml': '<session><track view="0"/></session>',
        'Sessions/1/S001-001.xml': clip(value),
        'Sessions/1/S001-001/1.png': face,
      },
      problems,
    );
    expect(records.map(({ label }) => label)).toEqual([undefined]);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  it('is there without its frames, and not without its clips', async () => {
    const problems: string[] = [];
    const tree = {
      'Sessions/1/session.xml': '<session><track view="0"/></session>',
      'Sessions/1/S001-001.xml': clip('1'),
    };
    expect(await index(tree, problems)).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('/Sessions/1/S001-001/%05d.png')]);
    await expect(index({ 'Sessions/1/session.xml': '<session/>' })).rejects.toThrow(
      'holds no images of MMI: expected Sessions/<n>/',
    );
  });

  it.each([
    ['no track', '<session/>', /has no <track view="…">/],
    ['a track without a view', '<session><track/></session>', /has a track of view ""/],
  ])('reports a session with %s', async (_name, xml, message) => {
    const problems: string[] = [];
    await index({ 'Sessions/1/session.xml': xml, 'Sessions/1/S001-001.avi': '' }, problems);
    expect(problems).toEqual([expect.stringMatching(message)]);
  });
});

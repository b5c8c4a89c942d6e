/** MMI's descriptions of a session, a clip and its action units, in XML. */
import { InputError } from '../../errors.ts';
import type { Expression } from '../../labels/index.ts';
import { readXml, type XmlElement } from './xml.ts';

const VIEWS = ['frontal', 'profile', 'dual'] as const;
const VIEW_CODES = ['0', '1', '2'];
export type View = (typeof VIEWS)[number];

/** By the value of the metatag Emotion, from 1; larger values are none of the six. */
const CODES = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise'] as const satisfies readonly Expression[];

/**
 * The view of each clip of a session: that of the track which names the clip, itself or in an annotation; otherwise of
 * the first.
 * @throws {InputError} naming the file, when it has no track or an unknown view
 */
export async function readViews(file: string): Promise<(clip: string) => View> {
  const tracks = (await readXml(file)).all('track').map((track) => ({
    code: track.attributes['view'] ?? '',
    view: VIEWS[VIEW_CODES.indexOf(track.attributes['view'] ?? '')],
    names: [track, ...track.all('annotation')].flatMap(({ attributes }) => Object.values(attributes)),
  }));
  const unknown = tracks.find(({ view }) => view === undefined);
  if (unknown)
    throw new InputError(file, `has a track of view "${unknown.code}", expected 0 (frontal), 1 (profile) or 2 (dual)`);
  const first = tracks[0];
  if (!first) throw new InputError(file, 'has no <track view="…">');
  return (clip) => {
    // A longer number, S001-0011, is another clip.
    const named = new RegExp(`(?<![A-Z0-9])${clip}(?!\\d)`, 'i');
    return (tracks.find(({ names }) => names.some((name) => named.test(name))) ?? first).view!;
  };
}

/**
 * @returns the expression; `otherEmotion` is the code of one that is not one of the six
 * @throws {InputError} naming the file
 */
export async function readClip(file: string): Promise<{ readonly label?: Expression; readonly otherEmotion?: number }> {
  const tag = (await readXml(file)).all('Metatag').find(({ attributes }) => attributes['Name'] === 'Emotion');
  if (!tag) return {};
  const code = Number(tag.attributes['Value'] || NaN);
  if (!Number.isInteger(code) || code < 1)
    throw new InputError(file, `has the emotion "${tag.attributes['Value'] ?? ''}", expected a whole number from 1`);
  const label = CODES[code - 1];
  return label === undefined ? { otherEmotion: code } : { label };
}

export interface ActionUnitTrack {
  readonly unit: number;
  /** @param frame from 1, as the file counts */
  isActive(frame: number): boolean;
}

/**
 * Action units with their markers. A marker's type says what begins at its frame: 0 neutral, 1 onset, 2 apex, 3 offset;
 * a unit is active between an onset and the next neutral. A unit without markers is active throughout.
 * @throws {InputError} naming the file, when a unit or a marker is not of numbers
 */
export async function readActionUnitTracks(file: string): Promise<ActionUnitTrack[]> {
  return (await readXml(file)).all('ActionUnit').map((element) => {
    // One side of the face is told by a letter: L12, 12R.
    const number = /^[LR]?(\d+)[LR]?$/i.exec(element.attributes['Number'] ?? '')?.[1];
    if (number === undefined)
      throw new InputError(file, `has the action unit "${element.attributes['Number'] ?? ''}", expected a number`);
    const markers = element
      .all('Marker')
      .map((marker) => ({ frame: numberOf(file, marker, 'Frame'), type: numberOf(file, marker, 'Type') }));
    markers.sort((a, b) => a.frame - b.frame);
    return {
      unit: Number(number),
      isActive: (frame) => markers.length === 0 || (markers.findLast((marker) => marker.frame <= frame)?.type ?? 0) > 0,
    };
  });
}

function numberOf(file: string, { attributes }: XmlElement, name: string): number {
  const value = Number(attributes[name] || NaN);
  if (!Number.isInteger(value))
    throw new InputError(file, `has a marker whose ${name} is "${attributes[name] ?? ''}", expected a whole number`);
  return value;
}

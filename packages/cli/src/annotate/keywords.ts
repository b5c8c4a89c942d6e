/** Words by which photos of an expression are searched for. Our own lists, of the kind of Li & Deng 2019, Table II. */
import type { Expression, EXPRESSIONS_7 } from 'mienjs/labels';

export type KeywordLists = Readonly<Partial<Record<Expression, readonly string[]>>>;

export const KEYWORDS: Readonly<Record<(typeof EXPRESSIONS_7)[number], readonly string[]>> = {
  neutral: ['neutral face', 'portrait', 'passport photo', 'headshot', 'poker face', 'straight face', 'calm face'],
  happiness: [
    'happy',
    'smile',
    'smiling',
    'laugh',
    'laughing',
    'joy',
    'joyful',
    'grin',
    'cheerful',
    'delighted',
    'giggle',
  ],
  surprise: [
    'surprised',
    'surprise',
    'astonished',
    'amazed',
    'startled',
    'shocked',
    'speechless',
    'jaw drop',
    'wide eyes',
  ],
  sadness: [
    'sad',
    'sadness',
    'crying',
    'tears',
    'weeping',
    'unhappy',
    'grief',
    'heartbroken',
    'gloomy',
    'depressed',
    'sorrow',
  ],
  anger: ['angry', 'anger', 'furious', 'rage', 'mad', 'shouting', 'outraged', 'scowl', 'annoyed', 'hostile'],
  disgust: ['disgusted', 'disgust', 'yuck', 'gross', 'nauseated', 'revolted', 'repulsed', 'bad smell', 'wrinkled nose'],
  fear: ['scared', 'fear', 'afraid', 'frightened', 'terrified', 'horrified', 'panic', 'anxious', 'screaming', 'dread'],
};

/** Lower case, words with single spaces between: `Big-Smile!` → `big smile`. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu)
    ?.join(' ') ?? '';

/** The longest of some keywords that a text holds as whole words; undefined when it holds none. */
export function keywordIn(text: string, keywords: readonly string[]): string | undefined {
  const words = ` ${plain(text)} `;
  return keywords
    .filter((keyword) => words.includes(` ${plain(keyword)} `))
    .reduce<string | undefined>((best, keyword) => (keyword.length > (best?.length ?? 0) ? keyword : best), undefined);
}

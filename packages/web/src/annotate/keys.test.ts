import { describe, expect, it } from 'vitest';
import { HELP_KEY, HIDDEN_KEY, isUndo, keyOf, optionOf, SKIP_KEY } from './keys.ts';

const press = (key: string, own: Partial<Parameters<typeof optionOf>[0]> = {}) => ({
  key,
  code: /^\d$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...own,
});

describe('keys of labels', () => {
  it('are 1 to 9, 0, then letters, each once, none that does something else', () => {
    const keys = Array.from({ length: 80 }, (_, i) => keyOf(i)).filter((key) => key !== undefined);
    expect(keys.slice(0, 12)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'q', 'w']);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(33);
    for (const reserved of [SKIP_KEY, HELP_KEY, HIDDEN_KEY]) expect(keys).not.toContain(reserved);
  });

  it('find their option again, and none beyond the last', () => {
    for (let i = 0; i < 33; i++) expect(optionOf(press(keyOf(i)!), 33)).toBe(i);
    expect(optionOf(press('8'), 7)).toBeUndefined();
    expect(optionOf(press('Q'), 11)).toBe(10);
  });

  it('take digits by their place, on keyboards that write others there, and of the number pad', () => {
    expect(optionOf(press('&', { code: 'Digit1' }), 7)).toBe(0);
    expect(optionOf(press('3', { code: 'Numpad3' }), 7)).toBe(2);
  });

  it('answer once while held down, and not with other keys', () => {
    expect(optionOf(press('1', { repeat: true }), 7)).toBeUndefined();
    expect(optionOf(press('1', { ctrlKey: true }), 7)).toBeUndefined();
  });

  it('undo by Ctrl-Z, Cmd-Z and Backspace', () => {
    expect([press('z', { ctrlKey: true }), press('z', { metaKey: true }), press('Backspace')].every(isUndo)).toBe(true);
    expect([press('z'), press('Backspace', { ctrlKey: true })].some(isUndo)).toBe(false);
  });
});

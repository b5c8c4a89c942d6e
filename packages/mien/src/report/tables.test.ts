import { describe, expect, it } from 'vitest';
import { percentCell, percentText, renderTable, type Table } from './tables.ts';

const table: Table = {
  columns: ['', 'AU1', 'a_b|c'],
  rows: [
    ['Fear & awe', '53*', '–'],
    ['50 % ^', '', '9'],
  ],
  caption: 'Units, %',
  notes: ['* differs'],
};

it('shows shares in percent, and what is undefined as a dash without a sign', () => {
  expect([percentCell(0.71754), percentCell(1 / 3, 0), percentCell(NaN)]).toEqual(['71.75', '33', '–']);
  expect([percentText(0.71754), percentText(0.125, 0), percentText(NaN), percentText(null)]).toEqual([
    '71.75 %',
    '13 %',
    '–',
    '–',
  ]);
});

describe('renderTable', () => {
  it('aligns text', () => {
    expect(renderTable(table, 'text')).toBe(
      'Units, %\n            AU1  a_b|c\nFear & awe  53*      –\n50 % ^               9\n* differs\n',
    );
  });

  it('escapes Markdown', () => {
    expect(renderTable(table, 'markdown')).toBe(
      'Units, %\n\n|  | AU1 | a\\_b\\|c |\n| --- | ---: | ---: |\n| Fear & awe | 53\\* | – |\n| 50 % ^ |  | 9 |\n\n\\* differs\n',
    );
  });

  it('escapes LaTeX', () => {
    expect(renderTable(table, 'latex')).toBe(
      [
        '\\begin{table}',
        '\\centering',
        '\\caption{Units, \\%}',
        '\\begin{tabular}{lrr}',
        '\\toprule',
        ' & AU1 & a\\_b|c \\\\',
        '\\midrule',
        'Fear \\& awe & 53* & -- \\\\',
        '50 \\% \\textasciicircum{} &  & 9 \\\\',
        '\\bottomrule',
        '\\end{tabular}',
        '\\par\\smallskip * differs',
        '\\end{table}',
        '',
      ].join('\n'),
    );
  });
});

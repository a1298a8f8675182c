import { describe, expect, it } from 'vitest';
import { facts, type Line, showLines, table } from '../../src/terminal/table.ts';
import { cutText, foldText, widthOf, wrapText } from '../../src/terminal/width.ts';

const wide = table([
  ['ID', 'NAME', 'ORIGINS'],
  [
    'portal',
    'The portal of the procurement office of Moscow',
    'https://portal.example/with/a/long/path/on/it',
  ],
  ['b', 'короткое имя', 'https://b.example'],
]);

const widest = (lines: readonly Line[], width: number) =>
  Math.max(
    ...showLines(lines, width)
      .text.split('\n')
      .map((line) => [...line].length),
  );

describe('a table', () => {
  it.each([80, 60, 40, 24, 12])('fits into %i characters, and says that it was cut', (width) => {
    expect(widest([wide], width)).toBeLessThanOrEqual(width);
    expect(showLines([wide], width).isCut).toBe(true);
  });

  it('is whole where there is room for it, and where nothing says how much there is', () => {
    for (const width of [110, undefined]) {
      const { text, isCut } = showLines([wide], width);
      expect(isCut).toBe(false);
      expect(text).toContain(
        'The portal of the procurement office of Moscow  https://portal.example/with/a/long',
      );
    }
  });

  it('is cut in its widest columns first, and behind a word', () => {
    const [, row = ''] = showLines([wide], 70).text.split('\n');
    expect(row).toMatch(/^portal {2}The portal of the procurement… +https:\/\/portal\.example\/.*…$/);
  });

  it('leaves a column whole that is copied into the next command, as long as there is room for it', () => {
    const fingerprint = 'f'.repeat(40);
    const rows = table([['a long name of somebody that nobody needs whole', fingerprint]], [1]);
    expect(showLines([rows], 60).text).toContain(fingerprint);
    expect(widest([rows], 30)).toBeLessThanOrEqual(30);
  });

  it('of facts cuts nothing, and goes on below where its values begin', () => {
    const shown = showLines(
      [
        facts(
          [
            ['name', 'one two three four five six seven eight'],
            ['id', 'x'],
          ],
          '  ',
        ),
      ],
      30,
    );
    expect(shown.text.split('\n')).toEqual([
      '  name  one two three four',
      '        five six seven eight',
      '  id    x',
    ]);
    expect(shown.isCut).toBe(false);
  });
});

describe('a line to be copied', () => {
  it('is broken nowhere', () => {
    expect(showLines([{ verbatim: 'one two three' }], 5).text).toBe('one two three');
  });
});

describe('text', () => {
  it('is broken at blanks, indented as it was, with a word that is too long left whole', () => {
    expect(wrapText('  one two https://portal.example/path three', 14)).toBe(
      '  one two\n  https://portal.example/path\n  three',
    );
    expect(wrapText('one two', undefined)).toBe('one two');
  });

  it('that is painted is measured as it is seen', () => {
    expect(wrapText('\u001b[1mone\u001b[22m two', 7)).toBe('\u001b[1mone\u001b[22m two');
  });

  it('in a frame is broken inside of a word too', () => {
    expect(foldText('a bbbbbbbb c', 4)).toEqual(['a', 'bbbb', 'bbbb', 'c']);
  });

  it('is cut behind a word, or inside of one that fills the room', () => {
    expect(cutText('one two three', 9)).toBe('one two…');
    expect(cutText('abcdefghijkl', 6)).toBe('abcde…');
    expect(cutText('fits', 4)).toBe('fits');
  });
});

describe('the width', () => {
  it('is that of the terminal, 80 where it does not say, and none where there is no terminal', () => {
    expect(widthOf({ isTTY: true, columns: 132 })).toBe(132);
    expect(widthOf({ isTTY: true })).toBe(80);
    expect(widthOf({ columns: 132 })).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { SharedCache } from '../../src/cache/shared-cache.ts';

describe('a shared cache', () => {
  it('answers a party with what that party has kept, and no other', () => {
    const cache = new SharedCache<string>(10);
    cache.set('honest', 'a', 'genuine');
    cache.set('hostile', 'a', 'forged');
    expect([cache.get('honest', 'a'), cache.get('hostile', 'a')]).toEqual(['genuine', 'forged']);
    expect(cache.get('other', 'a')).toBeUndefined();
    expect([...cache.ofAll('a')]).toEqual(['genuine', 'forged']);
    cache.delete('hostile', 'a');
    expect([...cache.values()]).toEqual(['genuine']);
  });

  it('beyond its limit takes from the party that holds the most, what that one used longest ago', () => {
    const cache = new SharedCache<number>(10);
    for (let key = 0; key < 3; key++) cache.set('honest', `h${key}`, key);
    for (let key = 0; key < 1000; key++) cache.set('hostile', `x${key}`, key);
    expect([0, 1, 2].map((key) => cache.get('honest', `h${key}`))).toEqual([0, 1, 2]);
    expect(cache.count).toBe(10);
    expect(cache.get('hostile', 'x992')).toBeUndefined();
    expect(cache.get('hostile', 'x993')).toBe(993);
  });

  it('lets a party that holds little displace one that holds more', () => {
    const cache = new SharedCache<number>(10);
    for (let key = 0; key < 10; key++) cache.set('hostile', `x${key}`, key);
    for (let key = 0; key < 5; key++) cache.set('honest', `h${key}`, key);
    expect([0, 1, 2, 3, 4].map((key) => cache.get('honest', `h${key}`))).toEqual([0, 1, 2, 3, 4]);
  });

  it('goes by size, and keeps what has just come however large it is', () => {
    const cache = new SharedCache<string>(10, ({ length }) => length);
    cache.set('one', 'a', 'four');
    cache.set('one', 'b', 'five!');
    cache.get('one', 'a');
    cache.set('two', 'c', 'three');
    expect([cache.get('one', 'a'), cache.get('one', 'b'), cache.get('two', 'c')]).toEqual([
      'four',
      undefined,
      'three',
    ]);
    cache.set('two', 'd', 'far too long for it');
    expect([...cache.values()]).toEqual(['far too long for it']);
    cache.set('two', 'd', 'short');
    expect([...cache.values()]).toEqual(['short']);
  });
});

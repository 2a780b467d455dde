// Text of others, shown as text.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count } from './format';

/** Characters that show nothing, or that change how what follows is shown. */
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;
const INVISIBLES = new RegExp(INVISIBLE, 'g');

/** How much of a text is laid out unless more is asked for. */
const SHOWN = 20_000;

const hex = (character: string) =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * A text that can't reach beyond itself: its direction is its own, and characters that would turn
 * what follows around, or that nobody would see, stand as their numbers.
 */
export function Text({ text }: { text: string }) {
  if (!INVISIBLE.test(text)) return <bdi>{text}</bdi>;
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const { index, 0: character } of text.matchAll(INVISIBLES)) {
    parts.push(text.slice(from, index), <span class="invisible">{hex(character)}</span>);
    from = index + 1;
  }
  parts.push(text.slice(from));
  return <bdi>{parts}</bdi>;
}

/** A text of any length, of which the beginning is shown at first. */
export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= SHOWN) return <Text text={text} />;
  return (
    <>
      <Text text={text.slice(0, SHOWN)} />
      <button type="button" class="more" onClick={() => setWhole(true)}>
        Show all {count(text.length)} characters
      </button>
    </>
  );
}

// The requests, newest first, of which only those in sight are in the document.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { time } from './format';
import { channelIcon, Icon } from './icons';
import type { Entry } from './model';
import { Text } from './text';
import { badge, summary } from './words';

/** How high a row is, in rem; the style sheet says the same. */
const ROW_REM = 4.25;
const BEYOND_SIGHT = 6;
/** How much of a row's text can be in sight. */
const MAX_SHOWN = 300;

const rowHeight = () => ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);

export const rowId = (entry: Entry) => `request-${entry.n}`;

interface Props {
  /** The oldest first. */
  entries: readonly Entry[];
  selected: Entry | null;
  /** Changes when the list is another one, which begins at its top. */
  of: unknown;
  onSelect(entry: Entry): void;
}

export function List({ entries, selected, of, onSelect }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800, row: 68 });
  const look = () => {
    // A scroll may be told of when the list is gone already.
    if (!box.current) return;
    const { scrollTop: top, clientHeight: height } = box.current;
    setView({ top, height, row: rowHeight() });
  };

  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);

  const { row } = view;
  const count = entries.length;
  const newest = useRef(-1);
  const shownList = useRef(of);
  // What is read stays where it is while newer requests come in above it.
  useLayoutEffect(() => {
    const element = box.current!;
    if (shownList.current !== of) {
      shownList.current = of;
      element.scrollTop = 0;
    } else if (element.scrollTop > row / 2) {
      let added = 0;
      while (added < count && entries[count - 1 - added]!.n > newest.current) added++;
      element.scrollTop += added * row;
    }
    newest.current = entries.at(-1)?.n ?? -1;
    if (element.scrollTop !== view.top) look();
  });

  const place = selected ? placeOf(entries, selected) : -1;
  // The selected row is brought into sight when it was selected, not whenever rows come.
  useLayoutEffect(() => {
    if (place < 0) return;
    const element = box.current!;
    const top = place * row;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + row > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + row - element.clientHeight;
    }
  }, [selected?.n]);

  const first = Math.max(0, Math.floor(view.top / row) - BEYOND_SIGHT);
  const last = Math.min(count, Math.ceil((view.top + view.height) / row) + BEYOND_SIGHT);
  const rows = [];
  for (let i = first; i < last; i++) {
    const entry = entries[count - 1 - i]!;
    rows.push(
      <Row
        key={entry.n}
        entry={entry}
        place={i}
        count={count}
        selected={entry === selected}
        onSelect={onSelect}
      />,
    );
  }
  const isShown = place >= first && place < last;
  return (
    <div
      ref={box}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label="Requests, newest first"
      aria-activedescendant={selected && isShown ? rowId(selected) : undefined}
      onScroll={look}
    >
      <div class="rows" role="presentation" style={{ height: `${count * ROW_REM}rem` }}>
        {rows}
      </div>
    </div>
  );
}

/** Where an entry stands in the list, from its top. */
export function placeOf(entries: readonly Entry[], entry: Entry): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.n < entry.n) low = middle + 1;
    else high = middle;
  }
  return entries[low] === entry ? entries.length - 1 - low : -1;
}

interface RowProps {
  entry: Entry;
  place: number;
  count: number;
  selected: boolean;
  onSelect(entry: Entry): void;
}

function Row({ entry, place, count, selected, onSelect }: RowProps) {
  const { text, tone } = badge(entry);
  return (
    <div
      id={rowId(entry)}
      class={`row ${entry.outcome ?? 'read'}`}
      role="option"
      aria-selected={selected}
      aria-posinset={place + 1}
      aria-setsize={count}
      style={{ top: `${place * ROW_REM}rem` }}
      onClick={() => onSelect(entry)}
    >
      <span class={`channel ${entry.channel?.toLowerCase() ?? ''}`} title={entry.channel ?? entry.method}>
        <Icon name={channelIcon(entry.channel)} />
        <span class="unseen">{entry.channel ?? entry.method} </span>
      </span>
      <span class="who">
        {entry.to ? <Text text={entry.to} /> : entry.method || 'Cut off'}
      </span>
      <time class="when">{time(entry.at)}</time>
      <span class="what">
        <Text text={summary(entry).slice(0, MAX_SHOWN)} />
      </span>
      <span class="badges">
        {entry.fault && (
          <span class="badge fault">
            <Icon name="fault" />
            {entry.fault.kind}
          </span>
        )}
        <span class={`badge ${tone}`}>
          <Text text={text.slice(0, 40)} />
        </span>
      </span>
    </div>
  );
}

// The whole page.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Chart } from './chart';
import { Details } from './details';
import { download, exportLines } from './export';
import { FaultsDialog } from './faults-dialog';
import { Filters, Nothing } from './filters';
import { Found, isNarrowed, NO_FILTER } from './filter';
import { count, plural } from './format';
import { useStore } from './hooks';
import { Icon, type IconName } from './icons';
import { actionOf, type Action } from './keys';
import { List, placeOf } from './list';
import type { Entry, Store } from './model';
import { HelpDialog, ResetDialog } from './other-dialogs';
import { StateDialog } from './state-dialog';

type DialogName = 'faults' | 'state' | 'reset' | 'help';

/** How long a short message stays, and how often newcomers are told to a screen reader. */
const SAID_MS = 4000;
const TOLD_MS = 5000;

export function App({ store }: { store: Store }) {
  useStore(store);
  const [filter, setFilter] = useState(NO_FILTER);
  const [number, setNumber] = useState<number | null>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [said, say] = useShortMessage();
  const found = useMemo(() => new Found(), []);
  const entries = found.of(store, filter);
  const selected = number === null ? null : (store.find(number) ?? null);

  const select = (entry: Entry) => setNumber(entry.n);
  const move = (to: (place: number) => number) => {
    if (entries.length === 0) return;
    const place = selected ? placeOf(entries, selected) : -1;
    const next = Math.min(entries.length - 1, Math.max(0, to(place)));
    select(entries[entries.length - 1 - next]!);
  };
  const exportList = async () => {
    try {
      download(await exportLines(entries), 'inbox.jsonl');
      say(`${plural(entries.length, 'request')} exported`);
    } catch (error) {
      say((error as Error).message);
    }
  };
  const actions: Record<Action, () => void> = {
    next: () => move((place) => place + 1),
    previous: () => move((place) => place - 1),
    first: () => move(() => 0),
    last: () => move(() => Infinity),
    pageDown: () => move((place) => place + 10),
    pageUp: () => move((place) => place - 10),
    open: () => document.getElementById('details')?.focus(),
    back: () => {
      setNumber(null);
      document.querySelector<HTMLElement>('[role=listbox]')?.focus();
    },
    search: () => document.getElementById('search')?.focus(),
    copy: () => document.getElementById('copy-curl')?.click(),
    faults: () => setDialog('faults'),
    state: () => store.state && setDialog('state'),
    export: () => void exportList(),
    help: () => setDialog('help'),
  };
  useKeys(actions);

  const waiting = store.faults.queued + (store.faults.set ? 1 : 0) + (store.faults.limit ? 1 : 0);
  const close = () => setDialog(null);
  return (
    <>
      <header class="top">
        <h1>
          Inbox
          <span class="muted"> of the sandbox</span>
        </h1>
        <p class={`live ${store.live ? 'on' : 'off'}`}>{store.live ? 'Live' : 'Connecting…'}</p>
        {store.url && (
          <p class="where">
            <code>{store.url}</code>
          </p>
        )}
        {store.state && (
          <p class="balance">
            <span class="muted">Credit </span>
            <strong>{store.state.balance}</strong> {store.state.currency}
          </p>
        )}
        <nav aria-label="Sandbox">
          <Tool icon="fault" label="Faults" count={waiting} onClick={actions.faults} />
          <Tool icon="settings" label="State" onClick={actions.state} />
          <Tool icon="export" label="Export" onClick={actions.export} />
          <Tool icon="reset" label="Reset" onClick={() => setDialog('reset')} />
          <Tool icon="help" label="Keys" onClick={actions.help} />
        </nav>
      </header>
      <Chart store={store} />
      <main class={selected ? 'with-details' : ''}>
        <section class="requests" aria-label="Requests">
          <Filters store={store} filter={filter} onChange={setFilter} />
          <Standing store={store} shown={entries.length} narrowed={isNarrowed(filter)} />
          {entries.length > 0 ? (
            <List entries={entries} selected={selected} of={filter} onSelect={select} />
          ) : (
            <Nothing store={store} filter={filter} narrowed={isNarrowed(filter)} onChange={setFilter} />
          )}
        </section>
        {selected ? (
          <Details store={store} entry={selected} onBack={actions.back} onSelect={select} say={say} />
        ) : (
          <div class="details none">
            <p>{number === null ? 'Choose a request to see all of it.' : 'That request has left the sandbox’s log.'}</p>
          </div>
        )}
      </main>
      {dialog === 'faults' && <FaultsDialog store={store} onClose={close} say={say} />}
      {dialog === 'state' && <StateDialog store={store} onClose={close} say={say} />}
      {dialog === 'reset' && <ResetDialog onClose={close} say={say} />}
      {dialog === 'help' && <HelpDialog onClose={close} />}
      <ShortMessage text={said} />
      <Newcomers store={store} />
    </>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  count?: number;
  onClick(): void;
}

function Tool({ icon, label, count: number = 0, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" onClick={onClick}>
      <Icon name={icon} />
      <span>{label}</span>
      {number > 0 && (
        <span class="number">
          {count(number)}
          <span class="unseen"> waiting</span>
        </span>
      )}
    </button>
  );
}

/** How much of all the list is, and what has left it. */
function Standing({ store, shown, narrowed }: { store: Store; shown: number; narrowed: boolean }) {
  const { left } = store.totals;
  return (
    <p class="standing">
      {narrowed ? `${plural(shown, 'match', 'matches')}` : plural(shown, 'request')}
      {left > 0 && (
        <span class="left"> · {plural(left, 'older request has', 'older requests have')} left the inbox</span>
      )}
    </p>
  );
}

/** Stands over everything, also over a dialog. */
function ShortMessage({ text }: { text: string }) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text) element.current?.showPopover();
    else element.current?.hidePopover();
  }, [text]);
  return (
    <p ref={element} class="said" role="status" popover="manual">
      {text}
    </p>
  );
}

/** A message that goes away by itself. */
function useShortMessage(): [string, (text: string) => void] {
  const [text, setText] = useState('');
  const timer = useRef(0);
  const say = (text: string) => {
    clearTimeout(timer.current);
    setText(text);
    timer.current = setTimeout(() => setText(''), SAID_MS) as unknown as number;
  };
  return [text, say];
}

/** Tells a screen reader, now and then, how many requests came. */
function Newcomers({ store }: { store: Store }) {
  const [text, setText] = useState('');
  useEffect(() => {
    let told: number | null = null;
    const timer = setInterval(() => {
      const { sent, rejected, unknown } = store.totals;
      const now = sent + rejected + unknown;
      if (store.complete && told !== null && now > told) setText(plural(now - told, 'new send'));
      told = store.complete ? now : null;
    }, TOLD_MS);
    return () => clearInterval(timer);
  }, [store]);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}

function useKeys(actions: Record<Action, () => void>): void {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      current.current[action]();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

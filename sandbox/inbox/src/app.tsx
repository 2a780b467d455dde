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

/** An opened dialog, and how many were opened before it. */
interface Opened {
  name: DialogName;
  before: number;
}

/** How long a short message stays, and how often newcomers are told to a screen reader. */
const SAID_MS = 4000;
const TOLD_MS = 5000;

export function App({ store }: { store: Store }) {
  useStore(store);
  const [filter, setFilter] = useState(NO_FILTER);
  const [number, setNumber] = useState<number | null>(null);
  const [dialog, open, close] = useDialog();
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
    faults: () => open('faults'),
    state: () => store.state && open('state'),
    export: () => void exportList(),
    help: () => open('help'),
  };
  useKeys(actions);

  const waiting = store.faults.queued + (store.faults.set ? 1 : 0) + (store.faults.limit ? 1 : 0);
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
          <Tool icon="settings" label="State" disabled={!store.state} onClick={actions.state} />
          <Tool icon="export" label="Export" onClick={actions.export} />
          <Tool icon="reset" label="Reset" onClick={() => open('reset')} />
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
      {dialog?.name === 'faults' && <FaultsDialog key={dialog.before} store={store} onClose={close} say={say} />}
      {dialog?.name === 'state' && <StateDialog key={dialog.before} store={store} onClose={close} say={say} />}
      {dialog?.name === 'reset' && <ResetDialog key={dialog.before} onClose={close} say={say} />}
      {dialog?.name === 'help' && <HelpDialog key={dialog.before} onClose={close} />}
      <ShortMessage said={said} />
      <Newcomers store={store} />
    </>
  );
}

/**
 * The dialog that is open, how one is opened, and how that one is closed. A browser tells of a
 * dialog's end later than it ends, and the next may be open by then: it stays.
 */
function useDialog(): [Opened | null, (name: DialogName) => void, () => void] {
  const [dialog, setDialog] = useState<Opened | null>(null);
  const count = useRef(0);
  const open = (name: DialogName) => setDialog({ name, before: count.current++ });
  const close = () => setDialog((now) => (now === dialog ? null : now));
  return [dialog, open, close];
}

interface ToolProps {
  icon: IconName;
  label: string;
  count?: number;
  disabled?: boolean;
  onClick(): void;
}

function Tool({ icon, label, count: number = 0, disabled = false, onClick }: ToolProps) {
  return (
    <button type="button" class="tool" disabled={disabled} onClick={onClick}>
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

/** A short message, and how many there were before it. */
interface Said {
  text: string;
  before: number;
}

/** Stands over everything, also over a dialog. */
function ShortMessage({ said }: { said: Said | null }) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said) element.current?.showPopover();
    else element.current?.hidePopover();
  }, [said]);
  // What is said twice is an element anew, so that a screen reader tells it twice.
  return (
    <p ref={element} class="said" role="status" popover="manual">
      {said && <span key={said.before}>{said.text}</span>}
    </p>
  );
}

/** A message that goes away by itself. */
function useShortMessage(): [Said | null, (text: string) => void] {
  const [said, setSaid] = useState<Said | null>(null);
  const timer = useRef(0);
  const count = useRef(0);
  const say = (text: string) => {
    clearTimeout(timer.current);
    setSaid({ text, before: count.current++ });
    timer.current = setTimeout(() => setSaid(null), SAID_MS) as unknown as number;
  };
  return [said, say];
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

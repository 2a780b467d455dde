// What the keyboard does.

export type Action =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'pageDown'
  | 'pageUp'
  | 'open'
  | 'back'
  | 'search'
  | 'copy'
  | 'faults'
  | 'state'
  | 'export'
  | 'help';

export const KEYS: { keys: string[]; does: string }[] = [
  { keys: ['↓', 'j'], does: 'The next request' },
  { keys: ['↑', 'k'], does: 'The previous request' },
  { keys: ['Home', 'End'], does: 'The newest, the oldest request' },
  { keys: ['Page ↓', 'Page ↑'], does: 'Ten requests on, ten back' },
  { keys: ['Enter'], does: 'To the details of the request' },
  { keys: ['Esc'], does: 'Back to the list, or close a dialog' },
  { keys: ['/'], does: 'Search' },
  { keys: ['c'], does: 'Copy the request as a curl command' },
  { keys: ['f'], does: 'Faults' },
  { keys: ['s'], does: 'State' },
  { keys: ['e'], does: 'Export what the list shows' },
  { keys: ['?'], does: 'These keys' },
];

const LETTERS: Record<string, Action> = {
  j: 'next',
  k: 'previous',
  c: 'copy',
  f: 'faults',
  s: 'state',
  e: 'export',
  '/': 'search',
  '?': 'help',
};

const IN_THE_LIST: Record<string, Action> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
  PageDown: 'pageDown',
  PageUp: 'pageUp',
  Enter: 'open',
};

const OFF = 'partner-messaging-inbox-keys-off';

/** Letters can be turned off, for those who speak to their computer. */
export function keysAreOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

export function setKeysOn(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '1');
}

/** What a pressed key means where the focus is. */
export function actionOf(event: KeyboardEvent): Action | null {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  // A dialog has all keys, also while none of its elements has the focus.
  if (document.querySelector('dialog[open]')) return null;
  if (event.key === 'Escape') return 'back';
  if (target.closest('input, select, textarea')) return null;
  if (target.closest('[role=listbox]') || target === document.body) {
    const action = IN_THE_LIST[event.key];
    if (action) return action;
  }
  return keysAreOn() ? (LETTERS[event.key] ?? null) : null;
}

import { render } from 'preact';
import { App } from './app';
import { listen } from './live';
import { Store } from './model';

/** How often messages are looked at for a status that they come to by themselves. */
const DUE_MS = 200;

const store = new Store();
listen(store);
setInterval(() => store.advanceDue(), DUE_MS);
render(<App store={store} />, document.getElementById('app')!);

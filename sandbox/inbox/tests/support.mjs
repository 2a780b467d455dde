// A sandbox, a real browser, and how the tests use them.
//
// What a key or a click does, and what the sandbox tells, is on the page a moment later, on a busy
// machine much later. So a test waits for it (`locator.waitFor`, `eventually`), and never looks
// just once. `SLOWDOWN=6 node --test tests/access.test.mjs` runs the pages as on a processor six
// times slower.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const PROGRAM =
  process.env.PARTNER_MESSAGING_SANDBOX ??
  fileURLToPath(new URL('../../../target/debug/partner-messaging-sandbox', import.meta.url));

/** How many times slower than it is the processor seems to the pages. */
const SLOWDOWN = Number(process.env.SLOWDOWN ?? 1);

/** How long a test waits for what is to come. No test is the faster for less. */
export const PATIENCE_MS = 60_000;
const EVENTUALLY_MS = 30_000;

/** The state in which a message stays SENT, and is not DELIVERED before a slow page has shown it. */
export const UNDELIVERED = { delivery: { after_ms: null } };

export const KEY = 'sandbox-key';
export const SEND = '/partner/message/send';

/** A test that failed leaves none behind. */
const running = new Set();
process.once('exit', () => running.forEach((program) => program.kill()));

/** A sandbox of its own for each test. */
export class Sandbox {
  #process;
  url;

  static async start(state = {}) {
    const sandbox = new Sandbox();
    sandbox.#process = spawn(PROGRAM, ['--listen', '127.0.0.1:0', '--state', JSON.stringify(state)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running.add(sandbox.#process);
    sandbox.#process.unref();
    const lines = createInterface({ input: sandbox.#process.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(sandbox.#process, 'error').then(([error]) => Promise.reject(error)),
    ]);
    sandbox.url = line.replace('listening on ', '');
    sandbox.#process.stdout.unref();
    return sandbox;
  }

  async stop() {
    this.#process.ref();
    running.delete(this.#process);
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
  }

  /** A send as a program makes it; the answer's status, or none if a fault ate it. */
  async send(message, headers = {}) {
    try {
      const answer = await this.fetch(SEND, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': KEY, ...headers },
        body: JSON.stringify({ request: message }),
      });
      await answer.text();
      return answer.status;
    } catch {
      return null;
    }
  }

  async get(path) {
    const answer = await this.fetch(path, { headers: { 'x-api-key': KEY } });
    return answer.json();
  }

  /** Over a connection of its own: one that a fault closes may look open a while longer. */
  fetch(path, { headers, ...init } = {}) {
    return fetch(this.url + path, { ...init, headers: { ...headers, connection: 'close' } });
  }

  async control(command) {
    const answer = await this.fetch('/sandbox/control', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(json));
    return json;
  }
}

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...values) => resolve(values)));

/** Chromium as a machine without a display and without a network runs it. */
export async function startBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'inbox-'));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Names that a hostile page would have made to point here.
      '--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
    env: { ...process.env, HOME: profile },
  });
  browser.on('disconnected', () => void rm(profile, { recursive: true, force: true }));
  return browser;
}

/** Repeats `check`, which asserts something, until it passes; fails as it failed last. */
export async function eventually(check) {
  const end = performance.now() + EVENTUALLY_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A context, whose pages wait patiently. */
export async function newContext(browser, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

export async function newPage(context) {
  const page = await context.newPage();
  if (SLOWDOWN > 1) {
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  }
  return page;
}

/** Notes what the page's short messages say, which go away by themselves. */
function noteShortMessages() {
  window.shortMessages = [];
  let last = null;
  const note = () => {
    const node = document.querySelector('.said')?.firstChild;
    if (node && node !== last) window.shortMessages.push(node.textContent);
    last = node;
  };
  new MutationObserver(note).observe(document, { childList: true, subtree: true });
}

/** The inbox in a window of its own, showing all that the sandbox has. */
export class Inbox {
  /** All addresses that the page asked for. */
  asked = [];
  /** What went wrong in the page, as far as the browser has told. */
  problems = [];
  #expected = [];

  /** `withClock`: the test moves the page's clock on. */
  static async open(browser, sandbox, { withClock = false, ...options } = {}) {
    const inbox = new Inbox();
    inbox.context = await newContext(browser, {
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
      locale: 'en-GB',
      timezoneId: 'Asia/Singapore',
      ...options,
    });
    if (withClock) await inbox.context.clock.install();
    const page = await newPage(inbox.context);
    inbox.page = page;
    page.on('pageerror', (error) => inbox.problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') inbox.problems.push(message.text());
    });
    page.on('request', (request) => inbox.asked.push(request.url()));
    await inbox.load(sandbox.url);
    return inbox;
  }

  /** Loads the page and waits until it shows all that there is. */
  async load(url) {
    await this.page.goto(url);
    await this.page.getByText('Live', { exact: true }).waitFor();
    await this.page.getByText('Loading…').waitFor({ state: 'detached' });
    await this.page.evaluate(noteShortMessages);
  }

  /** Waits until the page says so in a short message that no call has waited for. */
  async said(text) {
    await eventually(async () => {
      const messages = await this.page.evaluate((text) => {
        const place = window.shortMessages.findIndex((message) => message.includes(text));
        return place < 0 ? window.shortMessages : void window.shortMessages.splice(0, place + 1);
      }, text);
      assert.equal(messages, undefined, `${text} is not among ${messages}`);
    });
  }

  /** What the browser may complain of, before it does or after. */
  expect(problem) {
    this.#expected.push(problem);
  }

  /** Fails if anything went wrong in the page that was not expected. */
  async close() {
    await this.context.close();
    const isExpected = (problem) => this.#expected.some((expected) => expected.test(problem));
    assert.deepEqual(this.problems.filter((problem) => !isExpected(problem)), []);
  }
}

export const sms = (content, to = '+6591234567') => ({ channel: 'SMS', to, content });
export const otp = (code, to = '+6598765432') => ({
  channel: 'WHATSAPP',
  to,
  from: '+6581234567',
  templateId: 'HX4f2c81d0',
  templateVariables: { 1: code, 2: '10 minutes' },
});
export const email = (subject, htmlContent, to = 'mei.tan@example.com') => ({
  channel: 'EMAIL',
  to,
  subject,
  htmlContent,
});

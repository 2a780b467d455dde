// A sandbox, a real browser, and how the tests use them.

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

export const KEY = 'sandbox-key';
export const SEND = '/partner/message/send';

/** A test that failed leaves none behind. */
const running = new Set();
process.once('exit', () => running.forEach((program) => program.kill()));

/** A sandbox of its own for each test. */
export class Sandbox {
  #process;
  url;

  static async start(state = {}, port = 0) {
    const sandbox = new Sandbox();
    sandbox.#process = spawn(PROGRAM, ['--listen', `127.0.0.1:${port}`, '--state', JSON.stringify(state)], {
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
      const answer = await fetch(this.url + SEND, {
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
    const answer = await fetch(this.url + path, { headers: { 'x-api-key': KEY } });
    return answer.json();
  }

  async control(command) {
    const answer = await fetch(`${this.url}/sandbox/control`, {
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
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
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

/** The inbox in a window of its own. Whatever goes wrong in the page fails the test. */
export async function open(browser, sandbox, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    locale: 'en-GB',
    timezoneId: 'Asia/Singapore',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems = [];
  const asked = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(sandbox.url);
  await page.getByText('Live', { exact: true }).waitFor();
  return { page, context, problems, asked };
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

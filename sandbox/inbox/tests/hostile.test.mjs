// What others wrote is shown as text, and pages of others can neither drive nor read the sandbox.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { email, eventually, Inbox, newContext, newPage, otp, Sandbox, SEND, sms, startBrowser } from './support.mjs';

let browser, sandbox;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => (sandbox = await Sandbox.start()));
afterEach(() => sandbox.stop());

const SCRIPTS = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1>',
  "javascript:window.hacked=1//'-window.hacked=1-'",
  '</textarea></title></style><iframe srcdoc="<script>parent.hacked=1</script>">',
  '{{constructor.constructor("window.hacked=1")()}}',
];

/** A server of somebody else, which remembers what was asked of it. */
async function startServer(pages) {
  const asked = [];
  const server = createServer((request, answer) => {
    asked.push(request.url);
    const page = pages(request.url);
    answer.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    answer.end(page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that failed does not stop it.
  server.unref();
  const { port } = server.address();
  return { port, asked, stop: () => server.close() };
}

test('scripts in any field are text', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  page.on('dialog', (dialog) => assert.fail(dialog.message()));
  for (const script of SCRIPTS) {
    await sandbox.send(sms(script));
    await sandbox.send({ ...otp(script), templateId: script, from: script, templateVariables: { [script]: script } });
    await sandbox.send(email(script, '<p>Hello</p>', 'a<b>"c@d'));
    await sandbox.send({ channel: script, to: script, extra: script });
    await sandbox.control({ op: 'set_state', state: { channels: { [script]: 'configured' } } });
    await sandbox.send({ channel: script, to: script });
  }
  await sandbox.control({ op: 'advance', status: SCRIPTS[1] });
  await sandbox.control({ op: 'push_fault', fault: { kind: 'code', code: SCRIPTS[0] } });
  const rows = page.getByRole('listbox').getByRole('option');
  await page.getByText(`${SCRIPTS.length * 5} requests`).waitFor();
  const expected = await page.locator('script, svg[onload], img, iframe').count();
  for (let i = 1; i <= SCRIPTS.length * 5; i++) {
    await page.keyboard.press('j');
    await page.locator(`[role=option][aria-selected=true][aria-posinset="${i}"]`).waitFor();
    await page.getByRole('article', { name: 'Request' }).getByText('Request as it came').waitFor();
  }
  const count = await rows.filter({ hasText: SCRIPTS[0] }).count();
  assert.ok(count > 0, 'the script is there to be read');
  await page.getByRole('button', { name: /^Faults/ }).click();
  await page.getByRole('dialog').getByText(SCRIPTS[0]).waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.ok((await page.locator('script, svg[onload], img, iframe').count()) <= expected + 1);
  await inbox.close();
});

test('characters that turn text around or hide stand as their numbers', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  const content = 'Pay \u202e001\u202c now\u200b\u0007 \u2066x\u2069\ufeff';
  await sandbox.send(sms(content));
  await sandbox.send(sms('שלום, مرحبا'));
  const row = page.getByRole('option').filter({ hasText: 'Pay' });
  await row.getByText('Pay U+202E001U+202C nowU+200BU+0007 U+2066xU+2069U+FEFF').waitFor();
  // Nothing of a text changes the direction of what stands beside it.
  await eventually(async () => {
    const { left, right } = await row.evaluate((element) => {
      const box = (name) => element.querySelector(name).getBoundingClientRect();
      return { left: box('.what').left, right: box('.badges').left };
    });
    assert.ok(left < right);
  });
  await page.getByRole('option').filter({ hasText: 'שלום, مرحبا' }).waitFor();
  await row.click();
  await page.locator('.bubble').getByText('Pay U+202E001U+202C').waitFor();
  await inbox.close();
});

test('a text of a megabyte is shown by its beginning, and whole if that is asked for', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  const long = `Begin ${'0123456789 '.repeat(94_000)}End`;
  assert.equal(await sandbox.send(sms(long)), 200);
  const row = page.getByRole('option').filter({ hasText: 'Begin' });
  await row.waitFor();
  await row.click();
  const bubble = page.locator('.bubble');
  await bubble.getByText('Begin 0123456789').first().waitFor();
  await eventually(async () => assert.ok((await bubble.innerText()).length < 25_000));
  await bubble.getByRole('button', { name: 'Show all 1,034,009 characters' }).click();
  await page.waitForFunction(() => document.querySelector('.bubble').textContent.endsWith('End'));
  assert.equal((await bubble.textContent()).length, long.length);
  // The page goes on.
  await sandbox.send(sms('Next'));
  await page.getByRole('option').filter({ hasText: 'Next' }).waitFor();
  await inbox.close();
});

test('an email runs nothing, loads nothing and leads nowhere', async () => {
  const canary = await startServer(() => 'seen');
  const at = `http://127.0.0.1:${canary.port}`;
  const html = `
    <script>top.hacked = 1; fetch("${at}/script")</script>
    <meta http-equiv="refresh" content="0; url=${at}/refresh">
    <base href="${at}/"><link rel="stylesheet" href="${at}/link"><link rel="preconnect" href="${at}">
    <style>@import "${at}/import"; p { background: url(${at}/background) } </style>
    <img src="${at}/img" onerror="top.hacked = 1"><video src="${at}/video" poster="${at}/poster"></video>
    <iframe src="${at}/iframe"></iframe><object data="${at}/object"></object><embed src="${at}/embed">
    <svg><image href="${at}/svg"/></svg><p>Dear reader</p>
    <a id="away" href="${at}/link-away">Away</a> <a id="top" target="_top" href="${at}/top">Top</a>
    <a id="blank" target="_blank" href="${at}/blank">Blank</a>
    <form action="${at}/form"><button>Send</button></form>`;
  await sandbox.send(email('Hostile', html));
  const inbox = await Inbox.open(browser, sandbox);
  inbox.expect(/has been blocked|Blocked opening|sandboxed/);
  const { page } = inbox;
  await page.getByRole('option').filter({ hasText: 'Hostile' }).click();
  const frame = page.frameLocator('.email iframe');
  for (const link of ['#away', '#top', '#blank', 'button']) {
    await frame.getByText('Dear reader').waitFor();
    await frame.locator(link).click();
    // A link that is not allowed to lead anywhere leaves an empty frame: the email is shown anew.
    await page.getByRole('button', { name: 'HTML' }).click();
    await page.getByRole('button', { name: 'Rendered' }).click();
  }
  await page.waitForTimeout(1000);
  assert.deepEqual(canary.asked, []);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(page.url(), `${sandbox.url}/`);
  assert.equal(inbox.context.pages().length, 1);

  // Nor when somebody opens it in a window of its own.
  const alone = await newPage(inbox.context);
  await alone.goto(`${sandbox.url}/sandbox/entries/0/email`);
  await alone.getByText('Dear reader').waitFor();
  await alone.waitForTimeout(500);
  assert.deepEqual(canary.asked, []);
  assert.equal(await alone.evaluate(() => self.origin), 'null');
  await inbox.close();
  canary.stop();
});

/** The email among what a hostile page is after: a text message came before it. */
const EMAIL = '/sandbox/entries/1/email';

/** What a page tries that somebody else wrote; it writes into its title what it got. */
const hostilePage = (target) => `<!doctype html><title>trying</title>
<iframe name="hidden" id="hidden"></iframe>
<iframe id="framed" src="${target}/"></iframe>
<iframe id="email" src="${target}${EMAIL}"></iframe>
<form id="form" method="post" enctype="text/plain" target="hidden" action="${target}/sandbox/control">
  <input name='{"op":"set_state","state":{"balance":"0.00"},"x":"' value='"}'>
</form>
<script>
const command = JSON.stringify({ op: 'set_state', state: { balance: '0.00' } });
const got = {};
const tell = (name, promise) => promise.then((it) => (got[name] = it), (error) => (got[name] = 'refused'));
document.getElementById('form').submit();
const script = (path) => new Promise((resolve) => {
  const element = document.createElement('script');
  element.src = '${target}' + path;
  element.onload = () => resolve('loaded');
  element.onerror = () => resolve('refused');
  document.head.append(element);
});
const events = new Promise((resolve) => {
  const source = new EventSource('${target}/sandbox/events');
  source.onmessage = (event) => resolve(event.data);
  source.onerror = () => { source.close(); resolve('refused'); };
});
const post = (mode, type) => fetch('${target}/sandbox/control', {
  method: 'POST', mode, body: command, headers: type ? { 'content-type': type } : {},
}).then((answer) => answer.type + answer.status);
Promise.all([
  tell('simple', post('cors')),
  tell('json', post('cors', 'application/json')),
  tell('text', post('no-cors', 'text/plain')),
  tell('form', post('no-cors', 'application/x-www-form-urlencoded')),
  tell('read', fetch('${target}/sandbox/entries').then((answer) => answer.text())),
  tell('blind', fetch('${target}/sandbox/entries', { mode: 'no-cors' }).then((answer) => answer.type)),
  tell('page', fetch('${target}/').then((answer) => answer.text())),
  tell('events', events),
  tell('script', script('/sandbox/entries/0')),
]).then(() => setTimeout(() => { document.title = JSON.stringify(got); }, 500));
</script>
<iframe sandbox="allow-scripts allow-forms" srcdoc='<script>
  fetch("${target}/sandbox/control", { method: "POST", body: "{\\"op\\":\\"reset\\"}" }).catch(() => {});
</script>'></iframe>`;

test('a page of another origin can neither drive nor read the sandbox', async () => {
  await sandbox.send(sms('Secret'));
  await sandbox.send(email('Secret', '<p>Secret email</p>'));
  const { port } = new URL(sandbox.url);
  const { status } = await fetch(sandbox.url + EMAIL);
  assert.equal(status, 200, 'there is an email to be framed');
  // By the sandbox's address from another port and from another site, and by another name of it.
  for (const [from, target] of [
    ['127.0.0.1', sandbox.url],
    ['evil.example', sandbox.url],
    ['localhost', `http://localhost:${port}`],
    ['evil.example', `http://evil.example:${port}`],
  ]) {
    const server = await startServer((path) => (path === '/' ? hostilePage(target) : undefined));
    const context = await newContext(browser);
    const page = await newPage(context);
    const framed = page.waitForResponse(`${target}${EMAIL}`);
    await page.goto(`http://${from}:${server.port}/`);
    assert.equal((await framed).status(), 403, `${from} frames an email of ${target}`);
    await page.waitForFunction(() => document.title !== 'trying');
    const got = JSON.parse(await page.title());
    assert.deepEqual(
      Object.entries(got).filter(([, value]) => value !== 'refused' && value !== 'opaque0' && value !== 'opaque'),
      [],
      `${from} to ${target}`,
    );
    for (const name of ['simple', 'json', 'read', 'page', 'events', 'script']) assert.equal(got[name], 'refused', name);
    for (const frame of page.frames().slice(1)) {
      const text = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
      assert.ok(!/Secret|Live/.test(text), `${frame.url()}: ${text}`);
    }
    const { balance } = await sandbox.control({ op: 'state' });
    assert.equal(balance, '99.94', `${from} to ${target}`);
    assert.equal((await sandbox.control({ op: 'messages' })).length, 2);
    await context.close();
    server.stop();
  }
});

test('a name that was made to point at this machine shows nothing', async () => {
  await sandbox.send(sms('Secret'));
  const { port } = new URL(sandbox.url);
  const context = await newContext(browser);
  const page = await newPage(context);
  const answer = await page.goto(`http://evil.example:${port}/`);
  assert.equal(answer.status(), 403);
  assert.match(await page.locator('body').innerText(), /^Host must be a loopback name/);
  // From a page of that very name and port, as one that was loaded before the name was changed.
  await page.goto(`http://evil.example:${port}/of-the-api`);
  const command = JSON.stringify({ op: 'set_state', state: { balance: '0.00' } });
  const statuses = await page.evaluate(async (command) => {
    const ask = async (path, init) => (await fetch(path, init)).status;
    const headers = { 'content-type': 'application/json' };
    return [
      await ask('/sandbox/control', { method: 'POST', headers, body: command }),
      await ask('/sandbox/entries'),
      await ask('/sandbox/events'),
    ];
  }, command);
  assert.deepEqual(statuses, [403, 403, 403]);
  assert.equal((await sandbox.control({ op: 'state' })).balance, '99.95');
  await context.close();
});

test('by each name of this machine the page works', async () => {
  const { port } = new URL(sandbox.url);
  for (const name of ['127.0.0.1', 'localhost']) {
    const inbox = await Inbox.open(browser, { url: `http://${name}:${port}` });
    const { page } = inbox;
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await inbox.said('The sandbox is as at its start');
    await inbox.close();
  }
});

test('the page runs no script but its own', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  await page.evaluate(() => {
    const script = document.createElement('script');
    try {
      script.text = 'window.hacked = 1';
    } catch {
      script.append('window.hacked = 1');
    }
    document.body.append(script);
    try {
      document.body.setAttribute('onclick', 'window.hacked = 1');
    } catch {
      document.body.onclick = null;
    }
    document.body.click();
  });
  const refused = await page.evaluate(() => {
    try {
      document.body.insertAdjacentHTML('beforeend', '<b>html</b>');
      return 'taken';
    } catch {
      return 'refused';
    }
  });
  assert.equal(refused, 'refused');
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  inbox.expect(/Content Security Policy|TrustedScript|TrustedHTML/);
  const elsewhere = await page.evaluate(() => fetch('http://127.0.0.1:1/').then(String, String));
  assert.match(elsewhere, /Failed to fetch/);
  await eventually(() => assert.match(inbox.problems.join('\n'), /Content Security Policy/));
  await inbox.close();
});

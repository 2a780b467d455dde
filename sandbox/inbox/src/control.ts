// What the page asks of the sandbox.

/** What the sandbox can't do, and the path of the field that is wrong, such as `fault.ms`. */
export class ControlError extends Error {
  constructor(
    message: string,
    readonly field: string | null,
  ) {
    super(message);
  }

  /** What is wrong, for a place that shows which field it is. */
  get problem(): string {
    return this.message.replace(`${this.field}: `, '');
  }
}

/** Has the sandbox carry out a command. */
export async function control(command: { op: string; [field: string]: unknown }): Promise<void> {
  const answer = await ask('/sandbox/control', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  });
  if (answer.ok) return;
  if (answer.status !== 400) throw new ControlError(`The sandbox answered ${answer.status}.`, null);
  const { error, field } = (await answer.json()) as { error: string; field: string | null };
  throw new ControlError(error, field);
}

export interface Details {
  request: {
    method: string;
    path: string;
    http_version: string;
    headers: [name: string, value: string][];
    body: string;
  } | null;
  answer: { status: number; headers: [name: string, value: string][]; body: string } | null;
}

/** All of one request; nothing (204) if it has left the sandbox's log. */
export async function details(n: number, signal: AbortSignal): Promise<Details | null> {
  const answer = await ask(`/sandbox/entries/${n}`, { signal });
  return answer.status === 200 ? ((await answer.json()) as Details) : null;
}

/** Whole requests, one JSON text a line, as they arrive. */
export async function* allDetails(): AsyncGenerator<string> {
  const answer = await ask('/sandbox/entries', {});
  let rest = '';
  for await (const piece of pieces(answer)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function* pieces(answer: Response): AsyncGenerator<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const read = await reader?.read();
    if (!read || read.done) return;
    yield read.value;
  }
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ControlError('The sandbox does not answer: it has ended, or its port is closed for a while.', null);
  }
}

// The message as its recipient gets it, as far as the sandbox knows.

import { useState } from 'preact/hooks';
import type { Entry } from './model';
import { LongText, Text } from './text';

interface Message {
  content?: unknown;
  templateId?: unknown;
  templateVariables?: unknown;
  subject?: unknown;
  htmlContent?: unknown;
}

function messageIn(body: string): Message | null {
  try {
    const { request } = JSON.parse(body) as { request?: unknown };
    return typeof request === 'object' && request !== null ? (request as Message) : null;
  } catch {
    return null;
  }
}

export function MessageView({ entry, body }: { entry: Entry; body: string }) {
  const message = messageIn(body);
  if (!message) return null;
  const { content, templateId, templateVariables, subject, htmlContent } = message;
  return (
    <section class="message" aria-label="Message">
      <h3>Message</h3>
      {typeof subject === 'string' && (
        <p class="subject">
          <span class="muted">Subject </span>
          <Text text={subject} />
        </p>
      )}
      {typeof content === 'string' && (
        <p class={`bubble ${entry.channel?.toLowerCase() ?? ''}`}>
          <LongText key={entry.n} text={content} />
        </p>
      )}
      {typeof templateId === 'string' && (
        <p>
          <span class="muted">Template </span>
          <code>
            <Text text={templateId} />
          </code>
        </p>
      )}
      {isObject(templateVariables) && <Variables variables={templateVariables} />}
      {typeof htmlContent === 'string' && <Email key={entry.n} n={entry.n} html={htmlContent} />}
    </section>
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function Variables({ variables }: { variables: Record<string, unknown> }) {
  const named = Object.entries(variables);
  if (named.length === 0) return null;
  return (
    <table class="variables">
      <caption>Template variables</caption>
      <tbody>
        {named.map(([name, value]) => (
          <tr>
            <th scope="row">
              <Text text={name} />
            </th>
            <td>
              <LongText text={typeof value === 'string' ? value : JSON.stringify(value)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Email({ n, html }: { n: number; html: string }) {
  const [source, setSource] = useState(false);
  return (
    <div class="email">
      <div class="views" role="group" aria-label="Show the email">
        <button type="button" aria-pressed={!source} onClick={() => setSource(false)}>
          Rendered
        </button>
        <button type="button" aria-pressed={source} onClick={() => setSource(true)}>
          HTML
        </button>
      </div>
      {source ? (
        <pre tabIndex={0} aria-label="HTML of the email">
          <LongText text={html} />
        </pre>
      ) : (
        <iframe
          title="The email, without scripts and without anything from the network"
          sandbox=""
          referrerpolicy="no-referrer"
          src={`/sandbox/entries/${n}/email`}
        />
      )}
    </div>
  );
}

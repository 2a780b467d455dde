// Asks before a reset, and tells the keys.

import { useState } from 'preact/hooks';
import { control, type ControlError } from './control';
import { closeDialog, Dialog } from './dialog';
import { Problem } from './fields';
import { KEYS, keysAreOn, setKeysOn } from './keys';

interface Props {
  onClose(): void;
  say(text: string): void;
}

export function ResetDialog({ onClose, say }: Props) {
  const [error, setError] = useState<ControlError | null>(null);
  const run = async (op: 'reset' | 'clear_requests', done: string) => {
    try {
      await control({ op });
      say(done);
      closeDialog();
    } catch (error) {
      setError(error as ControlError);
    }
  };
  return (
    <Dialog title="Reset the sandbox?" onClose={onClose}>
      <p>State, messages, the record of requests and faults become what they were at the start. This can’t be undone.</p>
      <p>
        To begin to count anew, it is enough to clear the record, which a program reads as <code>requests</code>: all
        else stays, and so does this list.
      </p>
      <Problem error={error} fields={[]} />
      <div class="actions">
        <button type="button" class="danger" onClick={() => run('reset', 'The sandbox is as at its start')}>
          Reset
        </button>
        <button type="button" onClick={() => run('clear_requests', 'The record of requests is cleared')}>
          Clear the record
        </button>
        <button type="button" onClick={closeDialog}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}

export function HelpDialog({ onClose }: { onClose(): void }) {
  const [on, setOn] = useState(keysAreOn());
  return (
    <Dialog title="Keys" onClose={onClose}>
      <table class="keys">
        <tbody>
          {KEYS.map(({ keys, does }) => (
            <tr>
              <th scope="row">
                {keys.map((key) => (
                  <kbd>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="choice">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setKeysOn(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
        Single letters are keys
      </label>
      <p class="hint">
        The sandbox keeps the newest 100,000 requests and messages, or fewer if they are large, and so does this page.
        Counts go on with those that have left. A search looks at the first 2,000 characters of a message.
      </p>
    </Dialog>
  );
}

// A labelled control and what is wrong with its value.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { ControlError } from './control';

interface Props {
  label: string;
  hint?: string | undefined;
  /** The path of the field in a command, by which an error names it. */
  path: string;
  error: ControlError | null;
  children(attributes: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }): ComponentChildren;
}

export function Labelled({ label, hint, path, error, children }: Props) {
  const id = useId();
  const wrong = error?.field === path;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-more`, 'aria-invalid': wrong })}
      <p id={`${id}-more`} class={wrong ? 'wrong' : 'hint'}>
        {wrong ? error.problem : hint}
      </p>
    </div>
  );
}

/** An error that belongs to none of the fields in sight. */
export function Problem({ error, fields }: { error: ControlError | null; fields: string[] }) {
  if (!error || (error.field !== null && fields.includes(error.field))) return null;
  return (
    <p class="wrong" role="alert">
      {error.message}
    </p>
  );
}

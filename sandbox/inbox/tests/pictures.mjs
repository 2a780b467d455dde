// Pictures of the page, for the documents and for whoever wants to see what a test saw.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Takes a picture into the folder that the environment's PICTURES names, or only tries to. */
export async function takePicture(page, name) {
  const folder = process.env.PICTURES;
  if (folder) {
    await mkdir(folder, { recursive: true });
    // What has just been sent is delivered a second later.
    await page.waitForTimeout(1200);
  }
  const path = folder && join(folder, `${name}.png`);
  const picture = await page.screenshot({ ...(path && { path }), animations: 'disabled', caret: 'hide' });
  assert.ok(picture.length > 5000, name);
}

/** What can be done with a film, in the states that allow it. */
import { html, nothing } from '/lib/lit-html.js';
import { ask, downloadAddress, linkTo, pages, stringify } from './api.js';
import { attempt, isOver, toast } from './parts.js';
import { scenesOf, storyOf } from './story.js';

/** How long a deletion can be taken back: until then the farm is not asked. */
const UNDO = 6_000;

/**
 * Buttons for a film.
 *
 * @param changed called when the film is to be looked at again
 * @param gone    called when it is to be shown no more
 * @param back    called when a deletion was taken back
 */
export function actions(film, { changed, gone, back = () => {} }) {
  const post = (what, done) => async () => {
    await attempt(() => ask(`/v1/films/${film.id}/${what}`, { method: 'POST' }), done);
    changed();
  };
  return html`
    ${film.state === 'paused' ? html`<button type="button" @click=${post('resume', 'It goes on.')}>Resume</button>` : nothing}
    ${['rendering', 'stalled', 'queued'].includes(film.state) ? html`<button type="button" class="quiet" @click=${post('pause', 'Paused: what workers have in hand is finished.')}>Pause</button>` : nothing}
    ${['failed', 'cancelled'].includes(film.state) ? html`<button type="button" @click=${post('retry', 'Tried again; what was rendered is kept.')}>Try again</button>` : nothing}
    ${film.links.content ? html`<button type="button" @click=${() => attempt(() => download(film))}>Download</button>
      <button type="button" class="quiet" @click=${() => attempt(() => copyLink(film))}>Copy link</button>` : nothing}
    <a class="button quiet" href="#/films/${film.id}/change">Change scenes</a>
    ${film.revision > 1 ? html`<a class="button quiet" href="#/films/${film.id}/compare">Compare</a>` : nothing}
    <button type="button" class="quiet" @click=${() => attempt(() => share(film))}>Copy as JSON</button>
    ${isOver(film.state) ? nothing : html`<button type="button" class="quiet" @click=${post('cancel', 'Cancelled.')}>Cancel</button>`}
    <button type="button" class="quiet danger" @click=${() => remove(film, { gone, back })}>Delete</button>`;
}

async function download(film) {
  const anchor = document.createElement('a');
  anchor.href = await downloadAddress(film.id);
  anchor.download = '';
  anchor.click();
}

/** A signed link where the store has one to give, and the gateway's own address else. */
async function copyLink(film) {
  const link = await linkTo(film.id).catch(() => new URL(`/v1/films/${film.id}/content`, location.href).href);
  await copy(link, 'The link is copied. Whoever has it can fetch the film for a while.');
}

/** The story as the farm reads it: another farm, or another day, makes the same film of it. */
async function share(film) {
  const scenes = [];
  let seed;
  let settings;
  for await (const page of pages(`/v1/films/${film.id}/revisions/${film.revision}`, (p) => [p])) {
    scenes.push(...page.scenes);
    seed = page.seed;
    settings = page.settings;
  }
  const story = storyOf({ title: film.title, seed, scenes: scenesOf(scenes) });
  const { steps, guidance, temperature } = settings;
  await copy(stringify({ ...story, model: film.model, settings: { steps, guidance, temperature } }, 2), 'The story is copied, with its settings.');
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    // Without https or a permission there is no clipboard.
    toast(text, { millis: 30_000 });
  }
}

const going = new Map();

/** Deletes a film a little later, so that it can be taken back. */
function remove(film, { gone, back }) {
  if (going.has(film.id)) {
    return;
  }
  const now = () => {
    clearTimeout(going.get(film.id));
    going.delete(film.id);
    // Also when the page is left: the request outlives it.
    return attempt(() => ask(`/v1/films/${film.id}`, { method: 'DELETE', keepalive: true })).then((done) => done || back());
  };
  going.set(film.id, setTimeout(now, UNDO));
  window.addEventListener('pagehide', () => going.has(film.id) && now(), { once: true });
  gone();
  toast(`“${film.title || 'Untitled'}” is deleted.`, {
    millis: UNDO,
    undo() {
      clearTimeout(going.get(film.id));
      going.delete(film.id);
      back();
    },
  });
}

/** Whether a film is about to be deleted: it is not shown any more. */
export const isGoing = (film) => going.has(film.id);

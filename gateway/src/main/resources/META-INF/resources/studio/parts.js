/** What several views show. */
import { html, nothing } from '/lib/lit-html.js';
import { Problem } from './api.js';
import { byScene, duration, sentence } from './story.js';

const FILM_STATES = {
  queued: 'waits', rendering: 'renders', paused: 'paused', assembling: 'is being joined', stalled: 'stalled', finished: 'finished', cancelled: 'cancelled', failed: 'failed',
};
const OVER = new Set(['finished', 'cancelled', 'failed']);

export const isOver = (state) => OVER.has(state);

export const badge = (state) => html`<span class="badge" data-state=${state}>${FILM_STATES[state] ?? state}</span>`;

export const titleOf = (film) => film.title || 'Untitled';

/** Says something at the bottom of the page, to screen readers too. @param undo what takes it back, while it is shown. @returns what closes it */
export function toast(text, { undo, millis = 6_000 } = {}) {
  const box = document.getElementById('toasts');
  const line = document.createElement('div');
  line.className = 'toast';
  line.append(Object.assign(document.createElement('span'), { textContent: text }));
  const close = () => {
    clearTimeout(timer);
    line.remove();
  };
  const timer = setTimeout(close, millis);
  if (undo) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Undo' });
    button.addEventListener('click', () => {
      close();
      undo();
    });
    line.append(button);
  }
  box.append(line);
  return close;
}

/** Does what was asked for, and says what was wrong. @returns whether it was done */
export async function attempt(work, done) {
  try {
    await work();
    if (done) {
      toast(done);
    }
    return true;
  } catch (failure) {
    if (!(failure instanceof Problem)) {
      throw failure;
    }
    toast(failure.text, { millis: 12_000 });
    return false;
  }
}

/** Problems that are about no scene, or about one that is not shown. @param shown scenes that say themselves what is wrong with them */
export const storyProblems = (problem, shown) => {
  const { scenes, story } = byScene(problem);
  const lines = [...story.map(sentence), ...[...scenes].filter(([at]) => at >= shown).flatMap(([at, errors]) => errors.map((e) => `Scene ${at + 1}: ${e.message}; ${e.fix}`))];
  return lines.length ? html`<ul class="problems" role="alert">${lines.map((line) => html`<li>${line}</li>`)}</ul>` : nothing;
};

/**
 * A scene that can be edited.
 *
 * @param change called with what is different
 * @param move   called with the place it goes to
 * @param mark   a word beside it
 */
export function sceneCard(scene, { index, all, problems = [], change, move, remove, mark = nothing, kept }) {
  const name = `Scene ${index + 1}`;
  const bad = (part) => problems.some((p) => p.part === part);
  return html`
    <li class="scene" data-scene=${index} data-kept=${kept ?? nothing}>
      <div class="scene-head">
        <h3 id="scene-${scene.id}">${name}</h3>${mark}
        <span class="scene-tools" role="group" aria-label="${name}, order">
          <button type="button" class="quiet" aria-label="Move ${name} up" ?disabled=${index === 0} @click=${() => move(index - 1)}>↑</button>
          <button type="button" class="quiet" aria-label="Move ${name} down" ?disabled=${index === all - 1} @click=${() => move(index + 1)}>↓</button>
          <button type="button" class="quiet" aria-label="Remove ${name}" @click=${remove}>✕</button>
        </span>
      </div>
      <label class="wide"><span class="hidden">Prompt of ${name}</span>
        <textarea rows="2" dir="auto" .value=${scene.prompt} aria-invalid=${bad('prompt')} aria-describedby="scene-${scene.id}-problems"
          @input=${(e) => change({ prompt: e.target.value })}></textarea></label>
      <div class="row">
        <label>Seconds <input type="number" min="0.125" max="3600" step="any" .value=${String(scene.seconds)} aria-invalid=${bad('seconds')}
          @change=${(e) => change({ seconds: Number(e.target.value) })}></label>
        <label>Begins <select aria-invalid=${bad('start')} .value=${scene.start} ?disabled=${index === 0} @change=${(e) => change({ start: e.target.value })}>
          <option value="continue" ?selected=${scene.start === 'continue'}>from the scene before</option>
          <option value="cut" ?selected=${scene.start === 'cut'}>with a cut</option></select></label>
        <label>Seed <input type="text" inputmode="numeric" size="8" placeholder="the film’s" .value=${scene.seed === undefined ? '' : String(scene.seed)} aria-invalid=${bad('seed')}
          @change=${(e) => change({ seed: seedOf(e.target.value) })}></label>
      </div>
      <ul class="problems" id="scene-${scene.id}-problems" aria-live="polite">${problems.map((p) => html`<li>${p.message}; ${p.fix}</li>`)}</ul>
    </li>`;
}

/** A seed is a whole number of 64 bits: what does not fit a number of this language stays text, and the farm says what is wrong with it. */
export function seedOf(text) {
  const given = text.trim();
  return given === '' ? undefined : Number.isSafeInteger(Number(given)) ? Number(given) : given;
}

/** How long it may take. */
export const estimate = (e) => (e ? `about ${duration(e.seconds)}` : 'not known before the first film');

/** Runs a little after it was last asked for. */
export function later(work, millis = 350) {
  let timer;
  const call = (...with_) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...with_), millis);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

/** Draws at most once a frame, however often it is asked to. */
export function drawer(draw) {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        draw();
      });
    }
  };
}

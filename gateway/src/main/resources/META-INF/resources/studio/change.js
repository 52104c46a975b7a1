/** Change: other scenes for a film, and what that will render, before it is done. */
import { html, nothing, render } from '/lib/lit-html.js';
import { ask, pages, Problem, tell } from './api.js';
import { badge, later, sceneCard, storyProblems, titleOf, toast } from './parts.js';
import { byScene, count, duration, moved, scene, scenesOf, storyOf } from './story.js';

export const title = 'Change';

const SHOWN = 300;
/** Segments of a scene that are drawn; a scene of an hour has thousands. */
const CELLS = 60;

export function open(where, { id }) {
  let film;
  let scenes = [];
  let before = '';
  let outcome;
  let problem;
  let sending = false;
  let missing = '';
  let turn = 0;

  // What is not said stays as it was: title, seed, settings, the start image.
  const told = () => storyOf({ scenes });
  const isChanged = () => JSON.stringify(told()) !== before;

  async function look() {
    try {
      film = await ask(`/v1/films/${id}`);
      const read = [];
      for await (const s of pages(`/v1/films/${id}/revisions/${film.revision}`, (page) => page.scenes)) {
        read.push(s);
      }
      scenes = scenesOf(read);
      before = JSON.stringify(told());
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      missing = failure.status === 404 ? 'There is no such film. It may have been deleted.' : failure.message;
    }
    draw();
  }

  const dryRun = later(async () => {
    const mine = ++turn;
    try {
      const answer = await tell(`/v1/films/${id}?dry_run=true`, told(), { method: 'PATCH' });
      if (mine === turn) {
        outcome = answer;
        problem = undefined;
      }
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      if (mine === turn) {
        problem = failure;
        outcome = undefined;
      }
    }
    if (mine === turn) {
      draw();
    }
  });

  function edit(next) {
    scenes = next;
    outcome = undefined;
    problem = undefined;
    turn++;
    draw();
    if (isChanged()) {
      dryRun();
    } else {
      dryRun.cancel();
    }
  }

  async function submit(event) {
    event.preventDefault();
    sending = true;
    draw();
    try {
      await tell(`/v1/films/${id}`, told(), { method: 'PATCH' });
      location.hash = `#/films/${id}`;
      return;
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      problem = failure;
    } finally {
      sending = false;
    }
    draw();
  }

  const renders = (at) => outcome?.by_scene[at]?.to_render > 0;

  /** A word, and a cell for each segment: what renders of a scene are its last ones. */
  function mark(at) {
    const scene = outcome?.by_scene[at];
    if (!scene) {
      return nothing;
    }
    const kept = scene.segments - scene.to_render;
    const word = !scene.to_render ? 'kept' : kept ? `${scene.to_render} of ${scene.segments} render` : 'renders';
    return html`<span class="badge" data-mark=${scene.to_render ? 'renders' : 'kept'}>${word}</span>
      <span class="strip" aria-hidden="true">${Array.from({ length: Math.min(scene.segments, CELLS) }, (_, i) => html`<span data-mark=${i < kept ? 'kept' : 'renders'}></span>`)}</span>`;
  }

  function comesTo() {
    if (!isChanged()) {
      return html`<p class="notice">Nothing is changed yet.</p>`;
    }
    if (problem) {
      return storyProblems(problem, Math.min(SHOWN, scenes.length));
    }
    if (!outcome) {
      return html`<p class="notice">Working out what that renders…</p>`;
    }
    if (outcome.unchanged) {
      return html`<p class="notice">The film is like this already.</p>`;
    }
    const each = film.accepted > film.reused ? film.seconds.generate / (film.accepted - film.reused) : undefined;
    return html`
      <p class="notice" id="comes-to"><strong>${count(outcome.to_render, 'segment renders', 'segments render')}</strong>${each ? ` (about ${duration(outcome.to_render * each)} of work)` : ''},
        <strong>${outcome.reused} kept</strong>. What follows from a changed scene is rendered up to the next cut.</p>
      <progress max=${outcome.segments} .value=${outcome.reused} aria-label="Share of the film that is kept"></progress>`;
  }

  function draw() {
    if (missing) {
      render(html`<h1>Change</h1><p class="notice" role="alert">${missing}</p><p><a href="#/films">All films</a></p>`, where);
      return;
    }
    if (!film) {
      render(html`<h1>Change</h1><p class="notice">Looking…</p>`, where);
      return;
    }
    const { scenes: bad } = byScene(problem);
    render(html`
      <form @submit=${submit}>
        <div class="head"><h1 dir="auto">Change “${titleOf(film)}”</h1>${badge(film.state)}</div>
        <p class="lead">Edit scenes. The film there is stays, and can be compared, as revision ${film.revision}.</p>
        <div aria-live="polite">${comesTo()}</div>
        <p class="row">
          <button type="submit" class="primary" ?disabled=${sending || !isChanged() || !outcome || outcome.unchanged}>${sending ? 'Sending…' : `Render revision ${film.revision + 1}`}</button>
          <button type="button" class="quiet" ?disabled=${!isChanged()} @click=${() => { const mine = scenes; look(); outcome = undefined; toast('As it was.', { undo: () => edit(mine) }); }}>As it was</button>
          <a class="button quiet" href="#/films/${id}">Back to the film</a>
        </p>
        <ol class="scenes wide">${scenes.slice(0, SHOWN).map((s, i) => sceneCard(s, {
          index: i, all: scenes.length, problems: bad.get(i), mark: mark(i), kept: outcome ? !renders(i) : undefined,
          change: (what) => edit(scenes.map((other) => (other === s ? { ...s, ...what } : other))),
          move: (to) => edit(moved(scenes, i, to)),
          remove: () => { const all = scenes; edit(scenes.filter((other) => other !== s)); toast(`Scene ${i + 1} is removed.`, { undo: () => edit(all) }); },
        }))}</ol>
        ${scenes.length > SHOWN ? html`<p class="notice">The first ${SHOWN} of ${scenes.length.toLocaleString()} scenes are shown; “longtake revise” changes any.</p>` : nothing}
        <p class="row"><button type="button" class="quiet" @click=${() => edit([...scenes, scene()])}>Add a scene</button></p>
      </form>`, where);
  }

  draw();
  look();
  return () => {
    turn++;
    dryRun.cancel();
  };
}

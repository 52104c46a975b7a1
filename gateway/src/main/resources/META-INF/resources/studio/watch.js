/** Watch: a film as it grows, and every segment of it. */
import { html, nothing, render } from '/lib/lit-html.js';
import { ask, listen, pages, Problem } from './api.js';
import { actions } from './actions.js';
import { badge, drawer, isOver, titleOf } from './parts.js';
import { play } from './player.js';
import { count, duration } from './story.js';
import { heard, known, pace, plan, STATES } from './timeline.js';
import { linked } from './main.js';

export const title = 'Watch';

/** Scenes that are shown at once; a film may have 10,000. */
const SCENES = 40;
/** Until a farm that did not answer is asked again. */
const AGAIN = 2_000;

export function open(where, { id, revision }) {
  let film;
  let scenes = [];
  let segments = [];
  let chosen;
  let from = 0;
  let trouble = '';
  let missing = '';
  let stop = () => {};
  let playing;
  let watched = {};
  let again;
  let ended = false;

  const draw = drawer(show);
  const fixed = revision ? Number(revision) : undefined;

  async function look() {
    try {
      const now = await ask(`/v1/films/${id}`);
      if (ended) {
        return;
      }
      const before = film;
      film = now;
      if (before?.revision !== now.revision) {
        await everything();
      } else if (before.state !== now.state && isOver(now.state)) {
        // Of what was rendered before this page was opened it has not heard that it can be watched.
        await lineage();
      }
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      if (failure.status === 404) {
        missing = 'There is no such film. It may have been deleted.';
      } else if (!ended) {
        film = undefined;
        trouble = failure.message;
        clearTimeout(again);
        again = setTimeout(look, AGAIN);
      }
    }
    draw();
  }

  async function everything() {
    const n = fixed ?? film.revision;
    const read = [];
    for await (const s of pages(`/v1/films/${id}/revisions/${n}`, (page) => page.scenes)) {
      read.push(s);
    }
    scenes = read;
    chosen = undefined;
    segments = plan(read);
    show();
    stop();
    stop = play(where.querySelector('video'), { film: id, revision: n, from: watched.revision === n ? watched.to : 0, trouble: (text) => { trouble = text; draw(); } });
    await lineage();
  }

  async function lineage() {
    for await (const line of pages(`/v1/films/${id}/lineage${fixed ? `?revision=${fixed}` : ''}`, (page) => page.segments)) {
      known(segments, line);
      draw();
    }
  }

  const events = fixed ? () => {} : listen(`/v1/films/${id}/events`, {
    event(name, event) {
      if (!film || event.revision < film.revision) {
        return;
      }
      if (name === 'film' || event.revision > film.revision) {
        look();
      } else if (heard(segments, name, event)) {
        film.accepted = pace(segments).done;
        draw();
      }
    },
    anew() {
      film = undefined;
      look();
    },
    linked,
  });

  const firstOf = (segment) => scenes.slice(0, segment.scene).reduce((sum, s) => sum + s.segments.reduce((f, g) => f + g.frames, 0), 0)
    + scenes[segment.scene].segments.filter((g) => g.segment < segment.segment).reduce((f, g) => f + g.frames, 0);

  function choose(segment) {
    chosen = segment;
    const video = where.querySelector('video');
    const at = firstOf(segment) / film.fps;
    if (video.seekable.length && at < video.seekable.end(video.seekable.length - 1)) {
      video.currentTime = at;
    }
    draw();
  }

  /** Which segment is on the screen. */
  function follow(event) {
    watched = { revision: fixed ?? film.revision, to: event.target.currentTime };
    const frame = Math.floor(event.target.currentTime * film.fps + 0.01);
    let seen = 0;
    for (const s of scenes) {
      for (const g of s.segments) {
        seen += g.frames;
        if (frame < seen) {
          if (playing !== g.segment) {
            playing = g.segment;
            draw();
          }
          return;
        }
      }
    }
  }

  function step(event) {
    const to = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    const at = event.target.closest('[data-segment]');
    if (!to || !at) {
      return;
    }
    event.preventDefault();
    const cells = [...where.querySelectorAll('[data-segment]')];
    cells[Math.min(cells.length - 1, Math.max(0, cells.indexOf(at) + to))].focus();
  }

  const words = (segment) => (segment.state === 'dispatched' && segment.steps ? `${STATES.dispatched}, step ${segment.step} of ${segment.steps}` : STATES[segment.state] ?? segment.state);

  const cell = (segment) => html`
    <button type="button" class="cell" data-segment=${segment.segment} data-state=${segment.state} ?data-playing=${playing === segment.segment} aria-pressed=${chosen === segment}
      aria-label="Segment ${segment.segment + 1}, scene ${segment.scene + 1}: ${words(segment)}" @click=${() => choose(segment)}>
      ${segment.thumbnail ? html`<farm-picture path=${segment.thumbnail} alt=""></farm-picture>` : nothing}
      ${segment.state === 'dispatched' && segment.steps ? html`<progress max=${segment.steps} .value=${segment.step} aria-hidden="true"></progress>` : nothing}
    </button>`;

  const details = (segment) => html`
    <section class="card" id="details" aria-live="polite" aria-label="Segment ${segment.segment + 1}">
      <h2>Segment ${segment.segment + 1} of ${segments.length}</h2>
      <p class="prompt" dir="auto">${scenes[segment.scene].prompt}</p>
      <dl class="facts">
        <div><dt>State</dt><dd>${words(segment)}</dd></div>
        <div><dt>Scene</dt><dd>${segment.scene + 1}</dd></div>
        <div><dt>Attempts</dt><dd>${segment.attempts}</dd></div>
        <div><dt>Took</dt><dd>${segment.reused ? 'nothing: taken over' : segment.seconds ? duration(segment.seconds) : '–'}</dd></div>
        <div><dt>Worker</dt><dd class="long">${segment.worker ?? '–'}</dd></div>
        <div><dt>Attempt</dt><dd class="long">${segment.attempt ?? '–'}</dd></div>
      </dl>
      <button type="button" class="quiet" @click=${() => { chosen = undefined; draw(); }}>Close</button>
    </section>`;

  function progress() {
    const { done, all, each } = pace(segments);
    const left = film.state === 'rendering' && each ? `, about ${duration((all - done) * each)} more` : '';
    return html`<p class="row"><progress max=${all || 1} .value=${isOver(film.state) && film.state === 'finished' ? all : done} aria-label="Rendered"></progress>
      <span>${done} of ${count(all, 'segment')}${left}</span></p>`;
  }

  function show() {
    if (ended) {
      return;
    }
    if (missing) {
      render(html`<h1>Film</h1><p class="notice" role="alert">${missing}</p><p><a href="#/films">All films</a></p>`, where);
      return;
    }
    if (!film) {
      render(html`<h1>Film</h1><p class="notice" role="status">${trouble || 'Looking…'}</p>`, where);
      return;
    }
    render(html`
      <div class="head"><h1 dir="auto">${titleOf(film)}</h1>${badge(film.state)}
        <span class="row tools">${actions(film, { changed: look, gone: () => { location.hash = '#/films'; } })}</span></div>
      ${fixed ? html`<p class="notice">Revision ${fixed}. <a href="#/films/${id}">The newest is ${film.revision}</a>.</p>` : nothing}
      ${film.reason && film.state !== 'finished' ? html`<p class="notice" role="status">${film.reason}</p>` : nothing}
      ${trouble ? html`<p class="notice" role="status">${trouble}</p>` : nothing}
      <div class="watching">
        <video controls playsinline muted aria-label="The film, as far as it is rendered" @timeupdate=${follow}></video>
        <div>
          ${progress()}
          <p class="muted">${duration(film.duration)}, ${count(film.scenes, 'scene')}, ${film.width} × ${film.height}, revision ${film.revision}, ${film.model}</p>
          ${chosen ? details(chosen) : html`<p class="muted">Choose a segment to see where it comes from.</p>`}
        </div>
      </div>
      <h2>Segments</h2>
      <ol class="timeline" @keydown=${step}>${scenes.slice(from, from + SCENES).map((s) => html`
        <li><h3><span class="muted">${s.start === 'cut' && s.scene > 0 ? 'cut ' : ''}${s.scene + 1}</span> <span dir="auto">${s.prompt.length > 200 ? `${s.prompt.slice(0, 200)}…` : s.prompt}</span></h3>
          <div class="cells">${s.segments.map((g) => cell(segments[g.segment]))}</div></li>`)}</ol>
      ${scenes.length > SCENES ? html`<p class="row">
        <button type="button" class="quiet" ?disabled=${from === 0} @click=${() => { from = Math.max(0, from - SCENES); show(); }}>Earlier scenes</button>
        <span>Scenes ${from + 1} to ${Math.min(scenes.length, from + SCENES)} of ${scenes.length}</span>
        <button type="button" class="quiet" ?disabled=${from + SCENES >= scenes.length} @click=${() => { from += SCENES; show(); }}>Later scenes</button></p>` : nothing}`, where);
  }

  show();
  look();
  return () => {
    ended = true;
    clearTimeout(again);
    stop();
    events();
  };
}

/** Compare: two revisions of a film side by side, in step. */
import { html, render } from '/lib/lit-html.js';
import { ask, pages, Problem } from './api.js';
import { badge, titleOf } from './parts.js';
import { play } from './player.js';
import { count } from './story.js';

export const title = 'Compare';

/** Players may drift by this much before one is put right, in seconds: less than a frame at 8 a second. */
const DRIFT = 0.1;

export function open(where, { id, a, b }) {
  let film;
  let revisions = [];
  let left;
  let right;
  let scenes = [];
  let facts;
  let missing = '';
  let ended = false;
  let stops = [];

  async function look() {
    try {
      film = await ask(`/v1/films/${id}`);
      for await (const r of pages(`/v1/films/${id}/revisions`, (page) => page.revisions)) {
        revisions.push(r);
      }
      right = Number(b) || film.revision;
      left = Number(a) || revisions.find((r) => r.revision < right)?.revision || right;
      await difference();
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      missing = failure.status === 404 ? 'There is no such film or revision.' : failure.message;
      draw();
    }
  }

  async function difference() {
    scenes = [];
    for await (const page of pages(`/v1/films/${id}/revisions/${right}?against=${left}`, (p) => [p])) {
      scenes.push(...page.scenes);
      facts = page;
    }
    if (ended) {
      return;
    }
    draw();
    stops.forEach((stop) => stop());
    const [one, two] = where.querySelectorAll('video');
    stops = [play(one, { film: id, revision: left }), play(two, { film: id, revision: right })];
  }

  const other = (video) => [...where.querySelectorAll('video')].find((v) => v !== video);
  const leads = (video) => video === where.querySelector('video');

  function together(event) {
    const follower = other(event.target);
    if (event.type === 'play') {
      follower.play().catch(() => {});
    } else if (event.type === 'pause' && !event.target.ended) {
      follower.pause();
    } else if (event.type === 'ratechange') {
      follower.playbackRate = event.target.playbackRate;
    } else if (Math.abs(follower.currentTime - event.target.currentTime) > DRIFT && (event.type === 'seeked' || leads(event.target))) {
      follower.currentTime = event.target.currentTime;
    }
  }

  const turnTo = (which) => (event) => {
    const n = Number(event.target.value);
    location.hash = `#/films/${id}/compare?a=${which === 'left' ? n : left}&b=${which === 'right' ? n : right}`;
  };

  const side = (which, n) => html`
    <figure>
      <figcaption class="row"><label>Revision <select @change=${turnTo(which)}>
        ${revisions.map((r) => html`<option value=${r.revision} ?selected=${r.revision === n}>${r.revision} · ${r.state}</option>`)}</select></label></figcaption>
      <video controls playsinline muted aria-label="Revision ${n}" @play=${together} @pause=${together} @seeked=${together} @ratechange=${together} @timeupdate=${together}></video>
    </figure>`;

  function seek(segment) {
    let frames = 0;
    for (const s of scenes) {
      for (const g of s.segments) {
        if (g.segment === segment) {
          where.querySelectorAll('video').forEach((v) => { v.currentTime = frames / film.fps; });
          return;
        }
        frames += g.frames;
      }
    }
  }

  function draw() {
    if (missing) {
      render(html`<h1>Compare</h1><p class="notice" role="alert">${missing}</p><p><a href="#/films">All films</a></p>`, where);
      return;
    }
    if (!film || !facts) {
      render(html`<h1>Compare</h1><p class="notice">Looking…</p>`, where);
      return;
    }
    render(html`
      <div class="head"><h1 dir="auto">Compare “${titleOf(film)}”</h1>${badge(film.state)}</div>
      <p class="lead" id="difference">Revision ${right} keeps ${count(facts.reused, 'segment')} of revision ${left}; ${facts.to_render} ${facts.to_render === 1 ? 'is' : 'are'} its own${facts.dropped ? `, ${facts.dropped} dropped` : ''}${facts.changed.length ? `; changed settings: ${facts.changed.join(', ')}` : ''}.</p>
      <div class="compare">${side('left', left)}${side('right', right)}</div>
      <p><a href="#/films/${id}">Back to the film</a></p>
      <h2>Segments of revision ${right}</h2>
      <ol class="timeline">${scenes.map((s) => html`
        <li><h3><span class="muted">${s.scene + 1}</span> <span dir="auto">${s.prompt.length > 200 ? `${s.prompt.slice(0, 200)}…` : s.prompt}</span></h3>
          <div class="cells">${s.segments.map((g) => html`<button type="button" class="cell small" data-mark=${g.kept ? 'kept' : 'renders'}
            aria-label="Segment ${g.segment + 1}, ${g.kept ? 'kept' : 'its own'}" @click=${() => seek(g.segment)}>${g.kept ? '=' : '≠'}</button>`)}</div></li>`)}</ol>`, where);
  }

  draw();
  look();
  return () => {
    ended = true;
    stops.forEach((stop) => stop());
  };
}

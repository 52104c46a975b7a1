/** Library: all films there are. */
import { html, nothing, render } from '/lib/lit-html.js';
import { ask, listen, Problem } from './api.js';
import { actions, isGoing } from './actions.js';
import { badge, drawer, titleOf } from './parts.js';
import { count, duration } from './story.js';
import { linked } from './main.js';

export const title = 'Films';

const PAGE = 50;
const FILTERS = { all: () => true, open: (f) => !['finished', 'failed', 'cancelled'].includes(f.state), finished: (f) => f.state === 'finished', ended: (f) => ['failed', 'cancelled'].includes(f.state) };
const FILTER_NAMES = { all: 'All', open: 'Not finished', finished: 'Finished', ended: 'Failed or cancelled' };
/** A film that renders tells of every segment; it is looked at again this often at most. */
const LOOK = 1_000;

export function open(where) {
  const films = new Map();
  let next;
  let more = true;
  let reading = false;
  let search = '';
  let filter = 'all';
  let problem = '';
  let ended = false;
  const due = new Map();

  const draw = drawer(show);

  async function page(after) {
    reading = true;
    draw();
    try {
      const answer = await ask(`/v1/films?limit=${PAGE}${after ? `&after=${after}` : ''}`);
      answer.films.forEach((f) => films.set(f.id, f));
      next = answer.next;
      more = next !== undefined;
      problem = '';
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      problem = failure.message;
    }
    reading = false;
    draw();
  }

  async function look(id) {
    try {
      films.set(id, await ask(`/v1/films/${id}`));
    } catch (failure) {
      if (failure.status === 404) {
        films.delete(id);
      }
    }
    draw();
  }

  function soon(id) {
    if (!due.has(id)) {
      due.set(id, setTimeout(() => {
        due.delete(id);
        look(id);
      }, LOOK));
    }
  }

  const events = listen('/v1/events', {
    event(name, event) {
      if (name === 'film') {
        look(event.film);
      } else if (event.film) {
        soon(event.film);
      }
    },
    anew: () => page(),
    linked,
  });

  const wanted = () => [...films.values()]
    .filter((f) => !isGoing(f) && FILTERS[filter](f) && (titleOf(f).toLowerCase().includes(search) || f.id.startsWith(search)))
    .sort((x, y) => y.submitted.localeCompare(x.submitted));

  const card = (f) => html`
    <li class="film" data-film=${f.id}>
      <a class="poster" href="#/films/${f.id}" tabindex="-1" aria-hidden="true">${f.links.poster ? html`<farm-picture path="${f.links.poster}#${f.revision}" alt=""></farm-picture>` : nothing}</a>
      <div class="film-text">
        <h2><a href="#/films/${f.id}" dir="auto">${titleOf(f)}</a></h2>
        <p>${badge(f.state)} <span class="muted">${duration(f.duration)} · ${count(f.scenes, 'scene')} · ${new Date(f.submitted).toLocaleString()}</span></p>
        ${f.state === 'finished' ? nothing : html`<p class="row"><progress max=${f.segments || 1} .value=${f.accepted} aria-label="Rendered"></progress><span class="muted">${f.accepted} of ${f.segments}</span></p>`}
        ${f.reason && f.state !== 'finished' ? html`<p class="muted" dir="auto">${f.reason}</p>` : nothing}
        <p class="row tools" role="group" aria-label="${titleOf(f)}: what can be done">${actions(f, { changed: () => look(f.id), gone: draw, back: draw })}</p>
      </div>
    </li>`;

  function show() {
    if (ended) {
      return;
    }
    const shown = wanted();
    render(html`
      <h1>Films</h1>
      <p class="row" role="search">
        <label>Search <input type="search" .value=${search} @input=${(e) => { search = e.target.value.toLowerCase().trim(); draw(); if (search && more) { all(); } }}></label>
        <label>Show <select @change=${(e) => { filter = e.target.value; draw(); }}>${Object.entries(FILTER_NAMES).map(([f, name]) => html`<option value=${f} ?selected=${f === filter}>${name}</option>`)}</select></label>
        <span class="muted" role="status">${count(shown.length, 'film')}</span>
      </p>
      ${problem ? html`<p class="notice" role="alert">${problem}</p>` : nothing}
      ${!reading && !films.size && !problem ? html`<p class="notice">There is no film yet. <a href="#/write">Write a story</a>.</p>` : nothing}
      <ul class="films">${shown.map(card)}</ul>
      ${more ? html`<p><button type="button" class="quiet" ?disabled=${reading} @click=${() => page(next)}>${reading ? 'Looking…' : 'Show more'}</button></p>` : nothing}`, where);
  }

  /** Who searches means all films, not those that are shown already. */
  async function all() {
    while (more && !ended && !reading && films.size < 5_000) {
      await page(next);
    }
  }

  page();
  return () => {
    ended = true;
    events();
    due.forEach(clearTimeout);
  };
}

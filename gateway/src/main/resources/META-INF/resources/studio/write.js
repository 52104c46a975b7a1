/** Write: a story, split into scenes at once, and what it will come to. */
import { html, nothing, render } from '/lib/lit-html.js';
import { ask, Problem, tell } from './api.js';
import { attempt, estimate, later, sceneCard, seedOf, storyProblems, toast } from './parts.js';
import { byScene, count, duration, moved, scene, scenesOf, storyOf } from './story.js';

export const title = 'Write';

const DRAFT = 'longtake.draft';
/** Pixels; the largest frame that is rendered is far below. */
const LARGEST_SIDE = 1024;
const EXAMPLE = 'The deep sea in the early morning.\nA red fish floats in the deep sea.\nThe fish swims towards the surface of the sunlit water.\nThe beach near the city during the day. [2s#]\n';

const fresh = () => ({ text: '', title: '', preset: 'fast', seed: undefined, lane: 'batch', image: undefined, scenes: [], edited: false });

function kept() {
  try {
    const draft = JSON.parse(localStorage.getItem(DRAFT));
    return draft ? { ...fresh(), ...draft, scenes: draft.scenes.map(scene) } : fresh();
  } catch {
    return fresh();
  }
}

export function open(where) {
  let draft = kept();
  let outline;
  let problem;
  let sending = false;
  let turn = 0;
  // The same try sent twice is one film; another try is another.
  let tryKey = newKey();

  const query = () => new URLSearchParams({ preset: draft.preset, lane: draft.lane });
  const told = () => storyOf({ title: draft.title, seed: draft.seed, startImage: draft.image, scenes: draft.scenes });

  function changed() {
    tryKey = newKey();
    try {
      localStorage.setItem(DRAFT, JSON.stringify(draft));
    } catch {
      // A picture may be more than a browser keeps; the draft lives as long as the page then.
    }
    draw();
  }

  async function plan(fromText) {
    const mine = ++turn;
    if (fromText ? !draft.text.trim() : !draft.scenes.length) {
      outline = undefined;
      problem = undefined;
      draw();
      return;
    }
    try {
      const asText = fromText && { method: 'POST', body: draft.text, type: draft.text.trimStart().startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8' };
      const planned = await (asText ? ask(`/v1/films/plan?${query()}`, asText) : tell(`/v1/films/plan?${query()}`, told()));
      if (mine !== turn) {
        return;
      }
      problem = undefined;
      outline = planned;
      if (fromText) {
        draft.scenes = scenesOf(planned.scenes);
        draft.title ||= planned.title;
        draft.edited = false;
      }
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      if (mine !== turn) {
        return;
      }
      problem = failure;
      outline = undefined;
      if (fromText) {
        draft.scenes = [];
      }
    }
    changed();
  }
  const planText = later(() => plan(true));
  const planScenes = later(() => plan(false));

  function write(text) {
    if (draft.edited && draft.scenes.length) {
      const before = structuredClone(draft);
      toast('The scenes are split anew from the text.', { undo: () => { draft = before; plan(false); } });
      draft.edited = false;
    }
    draft.text = text;
    planText();
    changed();
  }

  function edit(scenes) {
    draft.scenes = scenes;
    draft.edited = true;
    planScenes();
    changed();
  }

  function remove(at) {
    const before = draft.scenes;
    edit(draft.scenes.filter((_, i) => i !== at));
    toast(`Scene ${at + 1} is removed.`, { undo: () => edit(before) });
  }

  async function file(given) {
    if (!given) {
      return;
    }
    if (given.type.startsWith('image/')) {
      picture(given);
    } else if (given.size > 4 << 20) {
      toast('A story is at most 4 MiB.');
    } else {
      write(await given.text());
    }
  }

  /** Made smaller here: a frame needs little of a photograph, and a story may have 4 MiB. */
  async function picture(given) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(given);
    } catch {
      toast('This browser cannot read that picture; use a PNG or JPEG.');
      return;
    }
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
    canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    set({ image: canvas.toDataURL('image/jpeg', 0.95) });
  }

  async function submit(event) {
    event.preventDefault();
    planText.cancel();
    planScenes.cancel();
    sending = true;
    draw();
    try {
      const film = await tell(`/v1/films?${query()}`, told(), { headers: { 'Idempotency-Key': tryKey } });
      localStorage.removeItem(DRAFT);
      location.hash = `#/films/${film.id}`;
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
    where.querySelector('.problems li')?.scrollIntoView({ block: 'center' });
  }

  function drop(event) {
    event.preventDefault();
    where.classList.remove('dropping');
    file(event.dataTransfer.files[0]);
    const text = event.dataTransfer.getData('text/plain');
    if (!event.dataTransfer.files.length && text) {
      write(text);
    }
  }

  const summary = () => (outline ? html`
    <dl class="facts" aria-label="What it comes to">
      <div><dt>Scenes</dt><dd>${outline.scenes.length.toLocaleString()}</dd></div>
      <div><dt>Length</dt><dd>${duration(outline.duration)}</dd></div>
      <div><dt>Segments</dt><dd>${outline.segments.toLocaleString()}</dd></div>
      <div><dt>Takes</dt><dd>${estimate(outline.estimate)}</dd></div>
    </dl>
    ${outline.warnings.length ? html`<details class="notice"><summary>${count(outline.warnings.length, 'scene goes', 'scenes go')} beyond the model’s words</summary>
      <ul>${outline.warnings.map((w) => html`<li>${place(w.field)}${w.message}</li>`)}</ul></details>` : nothing}` : nothing);

  function draw() {
    const { scenes: bad } = byScene(problem);
    render(html`
      <form @submit=${submit} @dragover=${(e) => { e.preventDefault(); where.classList.add('dropping'); }} @dragleave=${() => where.classList.remove('dropping')} @drop=${drop}>
        <h1>Write a story</h1>
        <p class="lead">A sentence or a line is a scene. <code>[2s]</code> says how long it lasts, <code>[2s#]</code> that it begins with a cut. Paste, type, or drop a file.</p>
        <div class="columns">
          <section aria-label="Story">
            <label class="wide">Story
              <textarea id="story" rows="12" dir="auto" .value=${draft.text} placeholder=${EXAMPLE} @input=${(e) => write(e.target.value)}></textarea></label>
            <p class="row">
              <label class="file button quiet">Open a file <input type="file" accept=".txt,.json,text/plain,application/json" @change=${(e) => file(e.target.files[0])}></label>
              ${draft.text ? nothing : html`<button type="button" class="quiet" @click=${() => write(EXAMPLE)}>Take an example</button>`}
              ${draft.text || draft.scenes.length ? html`<button type="button" class="quiet" @click=${clear}>Begin anew</button>` : nothing}
            </p>
            ${draft.edited ? html`<p class="notice">Scenes were edited: they are what counts. Typing in the text splits it anew.</p>` : nothing}
            <fieldset>
              <legend>Film</legend>
              <label class="wide">Title <input type="text" name="title" dir="auto" maxlength="200" .value=${draft.title} @input=${(e) => set({ title: e.target.value })}></label>
              <div class="row">
                <label>Quality <select @change=${(e) => set({ preset: e.target.value })}>
                  <option value="fast" ?selected=${draft.preset === 'fast'}>fast</option><option value="best" ?selected=${draft.preset === 'best'}>best</option></select></label>
                <label>Urgency <select @change=${(e) => set({ lane: e.target.value })}>
                  <option value="batch" ?selected=${draft.lane === 'batch'}>batch</option><option value="interactive" ?selected=${draft.lane === 'interactive'}>interactive</option></select></label>
                <label>Seed <input type="text" inputmode="numeric" size="8" placeholder="the usual" .value=${draft.seed === undefined ? '' : String(draft.seed)} @change=${(e) => set({ seed: seedOf(e.target.value) })}></label>
              </div>
              <div class="row">
                <label class="file button quiet">Start image <input type="file" accept="image/png,image/jpeg" @change=${(e) => file(e.target.files[0])}></label>
                ${draft.image ? html`<img class="start" src=${draft.image} alt="The picture the film begins with"><button type="button" class="quiet" @click=${() => set({ image: undefined })}>Without it</button>` : nothing}
              </div>
            </fieldset>
          </section>
          <section aria-label="Scenes">
            <h2>${draft.scenes.length ? count(draft.scenes.length, 'scene') : 'Scenes'}</h2>
            ${summary()}
            ${storyProblems(problem, Math.min(SHOWN, draft.scenes.length))}
            <ol class="scenes">${draft.scenes.slice(0, SHOWN).map((s, i) => sceneCard(s, {
              index: i, all: draft.scenes.length, problems: bad.get(i),
              change: (what) => edit(draft.scenes.map((other) => (other === s ? { ...s, ...what } : other))),
              move: (to) => edit(moved(draft.scenes, i, to)),
              remove: () => remove(i),
            }))}</ol>
            ${draft.scenes.length > SHOWN ? html`<p class="notice">The first ${SHOWN} of ${draft.scenes.length.toLocaleString()} scenes are shown; all are rendered.</p>` : nothing}
            <p class="row">
              <button type="button" class="quiet" @click=${() => edit([...draft.scenes, scene()])}>Add a scene</button>
              <button type="submit" class="primary" ?disabled=${sending || !draft.scenes.length}>${sending ? 'Sending…' : 'Render the film'}</button>
            </p>
          </section>
        </div>
      </form>`, where);
  }

  function set(what) {
    Object.assign(draft, what);
    planScenes();
    changed();
  }

  function clear() {
    const before = draft;
    draft = fresh();
    outline = undefined;
    problem = undefined;
    turn++;
    changed();
    toast('A new story.', { undo: () => { draft = before; plan(false); } });
  }

  draw();
  plan(!draft.edited && draft.text.trim() !== '');
  return () => {
    turn++;
    planText.cancel();
    planScenes.cancel();
  };
}

/** `crypto.randomUUID` is there on loopback and https alone. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join('-');

/** Where a warning belongs, for people. */
const place = (field) => field.replace(/^scenes\[(\d+)\].*$/, (_, at) => `Scene ${Number(at) + 1}: `);

/** Cards are heavy: a story of 10,000 scenes is edited as text. */
const SHOWN = 300;

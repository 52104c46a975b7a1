/** The frame of the page: which view is open, the key, and whether the farm is heard. Views are modules with `open(where, parameters)`, which returns what ends them. */
import { html, nothing, render } from '/lib/lit-html.js';
import { accessKey } from './api.js';

const VIEWS = [
  [/^\/?$/, './write.js', 'write'],
  [/^\/write$/, './write.js', 'write'],
  [/^\/films$/, './library.js', 'films'],
  [/^\/films\/(?<id>[0-9a-f]+)$/, './watch.js', 'films'],
  [/^\/films\/(?<id>[0-9a-f]+)\/change$/, './change.js', 'films'],
  [/^\/films\/(?<id>[0-9a-f]+)\/compare$/, './compare.js', 'films'],
  [/^\/farm$/, './farm.js', 'farm'],
];
const LINKS = [['write', 'Write'], ['films', 'Films'], ['farm', 'Farm']];

let end = () => {};
let opened = 0;
let section = '';
let keyAsked;

function shell() {
  render(html`
    <header>
      <a class="brand" href="#/write"><img src="/studio/icon.svg" alt="" width="24" height="24">Longtake</a>
      <nav aria-label="Views">${LINKS.map(([at, text]) => html`<a href="#/${at}" aria-current=${section === at ? 'page' : nothing}>${text}</a>`)}</nav>
      <span id="linked" role="status"></span>
      <button type="button" class="quiet" id="key-button" @click=${() => askForKey('')}>${accessKey.get() ? 'Key: set' : 'Key'}</button>
    </header>
    <main id="main" tabindex="-1"></main>
    <div id="toasts" role="status" aria-live="polite"></div>
    <dialog id="key" aria-labelledby="key-title">
      <form method="dialog" @submit=${keyGiven}>
        <h2 id="key-title">Your key</h2>
        <p>${keyAsked || 'Where the farm asks who you are, it wants a key: “longtake keys create” makes one. It is kept until this tab is closed.'}</p>
        <label>Key <input type="password" name="key" autocomplete="off" .value=${accessKey.get()}></label>
        <p class="row"><button type="submit">Use it</button><button type="submit" value="none" class="quiet">Go without</button></p>
      </form>
    </dialog>`, document.getElementById('shell'));
}

function askForKey(why) {
  keyAsked = why;
  shell();
  const dialog = document.getElementById('key');
  if (!dialog.open) {
    dialog.showModal();
  }
}

function keyGiven(event) {
  accessKey.set(event.submitter?.value === 'none' ? '' : event.target.key.value.trim());
  keyAsked = '';
  open();
}

/** Whether the farm is heard, said in the head of the page. */
export function linked(heard) {
  const box = document.getElementById('linked');
  box.textContent = heard ? '' : 'Not connected; trying again…';
}

async function open() {
  const [path, query] = location.hash.slice(1).split('?');
  const found = VIEWS.map(([form, module, at]) => ({ match: form.exec(path), module, at })).find((v) => v.match);
  const turn = ++opened;
  end();
  end = () => {};
  section = found?.at ?? '';
  shell();
  linked(true);
  const main = document.getElementById('main');
  // What lit keeps of the view before belongs to its element.
  const where = document.createElement('div');
  where.className = 'view';
  main.replaceChildren(where);
  if (!found) {
    render(html`<h1>There is no such page</h1><p><a href="#/write">Write a story</a></p>`, where);
    return;
  }
  const view = await import(found.module);
  if (turn !== opened) {
    return;
  }
  end = view.open(where, { ...found.match.groups, ...Object.fromEntries(new URLSearchParams(query)) }) ?? (() => {});
  document.title = `${view.title} · Longtake`;
}

window.addEventListener('hashchange', () => {
  open();
  document.getElementById('main').focus({ preventScroll: true });
  window.scrollTo(0, 0);
});
// The address is the view's: skipping must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
});
window.addEventListener('key-needed', (event) => askForKey(event.detail));
open();

/**
 * The gateway, as the page asks it: requests, problems (RFC 9457), live events, pictures. Nothing here is private to the page.
 */

const KEY = 'longtake.key';
/** A tenant may have eight requests open at a gateway; pictures must leave room for what the user does. */
const PICTURES_AT_ONCE = 3;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** The gateway gives a sign of life every 15 s. */
const SILENCE = 40_000;

/** The key that is shown to the farm, kept for as long as the tab is open; empty where nobody is asked. */
export const accessKey = {
  get: () => sessionStorage.getItem(KEY) ?? '',
  set: (key) => (key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY)),
};

/** An answer that is no success. `errors` name fields, each with a fix; `status` is 0 if there was no answer. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || body.title || `The farm answered ${status}.`);
    this.status = status;
    this.title = body.title ?? '';
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    this.state = body.state;
    this.retryAfter = retryAfter;
  }

  /** All of it, in a line for each field. */
  get text() {
    return this.errors.length ? this.errors.map((e) => `${e.field}: ${e.message}; ${e.fix}`).join('\n') : this.message;
  }
}

export function authorization() {
  const key = accessKey.get();
  return key ? { Authorization: `Bearer ${key}` } : {};
}

async function send(path, { method = 'GET', body, type, headers = {}, signal, keepalive = false } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      body,
      signal,
      keepalive,
      headers: { ...authorization(), ...(type ? { 'Content-Type': type } : {}), ...headers },
      credentials: 'omit',
    });
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem(0, { title: 'No answer', detail: 'The farm does not answer. Is it running, and is there a network?' });
  }
  if (answer.ok) {
    return answer;
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    window.dispatchEvent(new CustomEvent('key-needed', { detail: told.detail ?? '' }));
  }
  throw new Problem(answer.status, told, Number(answer.headers.get('Retry-After')) || undefined);
}

/** Seeds have 64 bits and numbers of this language 53: a long one is text here. Within a JSON string its quotes would be escaped. */
const parse = (text) => JSON.parse(text.replace(/"seed":\s*(-?\d{16,})/g, '"seed":"$1"'));
export const stringify = (document, indent) => JSON.stringify(document, null, indent).replace(/"seed":(\s*)"(-?\d{16,19})"/g, '"seed":$1$2');

/** Asks for JSON. @throws Problem */
export async function ask(path, options) {
  const answer = await send(path, options);
  const text = await answer.text();
  return text === '' ? null : parse(text);
}

/** Sends a JSON document. @throws Problem */
export function tell(path, document, { method = 'POST', headers, signal } = {}) {
  return ask(path, { method, body: stringify(document), type: 'application/json', headers, signal });
}

/** All pages of something that comes by pages, one after the other. `pick` says what of a page is wanted. */
export async function* pages(path, pick, limit = 200) {
  let after;
  do {
    const url = new URL(path, location.href);
    url.searchParams.set('limit', limit);
    if (after !== undefined) {
      url.searchParams.set('after', after);
    }
    const page = await ask(url.pathname + url.search);
    yield* pick(page);
    after = page.next;
  } while (after !== undefined);
}

/**
 * Live events, for as long as it takes: goes on after a lost connection where it was, and lets go of its connection while nobody looks (a
 * browser has six for one farm, and every tab would hold one).
 *
 * @param path    of a stream
 * @param event   called with the name and the data of each
 * @param anew    called when events may be missing: what is shown is to be asked for again
 * @param linked  called with whether the farm is heard
 * @returns what ends it
 */
export function listen(path, { event, anew = () => {}, linked = () => {} }) {
  let last;
  let ended = false;
  let current = null;
  let wake = () => {};

  async function run() {
    let pause = FIRST_PAUSE;
    let first = true;
    while (!ended) {
      if (document.hidden) {
        await waitFor(Infinity);
        continue;
      }
      current = new AbortController();
      try {
        const answer = await send(path, { headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) }, signal: current.signal });
        linked(true);
        if (!first && !last) {
          anew();
        }
        first = false;
        pause = FIRST_PAUSE;
        await read(answer.body.getReader());
      } catch (failure) {
        if (failure instanceof Problem && [400, 404].includes(failure.status)) {
          // The place is of another farm, or the film is gone.
          last = undefined;
          anew();
        }
      }
      if (!ended && !document.hidden) {
        linked(false);
        await waitFor(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  function waitFor(millis) {
    return new Promise((resolve) => {
      const timer = millis === Infinity ? 0 : setTimeout(resolve, millis);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function read(reader) {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const silent = setTimeout(() => current.abort(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(silent));
      if (done) {
        return;
      }
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop();
      blocks.forEach(take);
    }
  }

  function take(block) {
    let name = 'message';
    const data = [];
    for (const line of block.split(/\r?\n/)) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === 'event') {
        name = value;
      } else if (field === 'data') {
        data.push(value);
      } else if (field === 'id') {
        last = value;
      }
    }
    if (data.length && !ended) {
      if (name === 'gap') {
        anew();
      } else {
        event(name, JSON.parse(data.join('\n')));
      }
    }
  }

  const changed = () => {
    if (document.hidden) {
      current?.abort();
    }
    wake();
  };
  const lost = () => current?.abort();
  document.addEventListener('visibilitychange', changed);
  window.addEventListener('online', changed);
  window.addEventListener('offline', lost);
  run();
  return () => {
    ended = true;
    current?.abort();
    wake();
    document.removeEventListener('visibilitychange', changed);
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', lost);
  };
}

let open = 0;
const waiting = [];

async function inTurn(work) {
  if (open >= PICTURES_AT_ONCE) {
    await new Promise((resolve) => waiting.push(resolve));
  }
  open++;
  try {
    return await work();
  } finally {
    open--;
    waiting.shift()?.();
  }
}

/**
 * `<farm-picture path alt>`: a picture of the farm's, asked for when it comes into sight. An `<img>` alone cannot show a key.
 */
class FarmPicture extends HTMLElement {
  static observedAttributes = ['path', 'alt'];
  static #sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        FarmPicture.#sight.unobserve(entry.target);
        entry.target.#load();
      }
    }
  }, { rootMargin: '200px' });

  #image = new Image();
  #shown;

  connectedCallback() {
    this.#image.draggable = false;
    this.replaceChildren(this.#image);
    this.#look();
  }

  disconnectedCallback() {
    FarmPicture.#sight.unobserve(this);
    this.#forget();
    this.#shown = undefined;
  }

  attributeChangedCallback(name) {
    if (name === 'alt') {
      this.#image.alt = this.getAttribute('alt') ?? '';
    } else if (this.isConnected) {
      this.#look();
    }
  }

  #look() {
    if (this.getAttribute('path')) {
      FarmPicture.#sight.observe(this);
    }
  }

  async #load() {
    const path = this.getAttribute('path');
    if (!path || path === this.#shown) {
      return;
    }
    this.#shown = path;
    if (!accessKey.get()) {
      this.#image.src = path;
      return;
    }
    try {
      const blob = await inTurn(async () => (await send(path)).blob());
      if (this.#shown === path) {
        this.#forget();
        this.#image.src = URL.createObjectURL(blob);
      }
    } catch {
      this.#shown = undefined;
    }
  }

  #forget() {
    if (this.#image.src.startsWith('blob:')) {
      URL.revokeObjectURL(this.#image.src);
      this.#image.removeAttribute('src');
    }
  }
}

customElements.define('farm-picture', FarmPicture);

/** Downloads a finished film: from the gateway itself, or where a key is needed by a signed link, since a browser's download shows none. */
export async function downloadAddress(film, revision) {
  const query = revision ? `?revision=${revision}` : '';
  return accessKey.get() ? linkTo(film, revision) : `/v1/films/${film}/content${query}`;
}

/** A signed address for whoever has it. @throws Problem where the store has none to give */
export async function linkTo(film, revision) {
  const link = await ask(`/v1/films/${film}/link${revision ? `?revision=${revision}` : ''}`);
  return link.url;
}

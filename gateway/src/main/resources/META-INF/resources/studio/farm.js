/** Farm: workers, what waits, how fast it goes, and what is wrong. */
import { html, nothing, render, svg } from '/lib/lit-html.js';
import { ask, Problem } from './api.js';
import { count, duration } from './story.js';
import { linked } from './main.js';

export const title = 'Farm';

const EVERY = 2_000;

const bar = (i, height) => svg`<rect x=${i * 6} y=${60 - height} width="5" height=${height}></rect>`;

export function open(where) {
  let workers = [];
  let farm;
  let models = [];
  let problem = '';
  let ended = false;
  let timer;
  const seen = new Map();

  async function look() {
    try {
      const [w, f] = await Promise.all([ask('/v1/workers'), ask('/v1/farm')]);
      models = models.length ? models : (await ask('/v1/models')).models;
      workers = w.workers;
      farm = f;
      workers.forEach(measure);
      problem = '';
      linked(true);
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        throw failure;
      }
      problem = failure.message;
      linked(failure.status !== 0);
    }
    if (!ended) {
      draw();
      timer = setTimeout(look, EVERY);
    }
  }

  /** Sampling steps a second, since it was last looked at. */
  function measure(worker) {
    const steps = worker.running.reduce((sum, r) => sum + r.step, 0);
    const last = seen.get(worker.id);
    const now = performance.now();
    const speed = last && steps > last.steps ? (1000 * (steps - last.steps)) / (now - last.at) : last?.speed;
    seen.set(worker.id, { steps, at: now, speed });
  }

  /** What is wrong, and what to do about it. */
  function advice() {
    const said = [];
    const waiting = farm.queue.reduce((sum, q) => sum + q.segments, 0);
    const ready = workers.filter((w) => w.state === 'ready');
    if (!workers.length) {
      said.push(waiting ? 'No worker is running, so nothing is rendered. Start one: “longtake serve worker”.' : 'No worker is running. Films will wait until one is: “longtake serve worker”.');
    } else if (!ready.length) {
      said.push('No worker takes new work: all rest or leave. See why below; a resting worker is tried again by itself.');
    }
    for (const w of workers.filter((v) => v.resting)) {
      said.push(`Worker ${w.id} rests until ${new Date(w.resting.until).toLocaleTimeString()}: ${w.resting.reason}`);
    }
    const bundles = new Set(models.map((m) => m.bundle));
    for (const w of workers.filter((v) => models.length && !bundles.has(v.bundle))) {
      said.push(`Worker ${w.id} runs another model than the gateway offers, and will get no work. Start it with the same bundle.`);
    }
    if (farm.stalled) {
      said.push(`${count(farm.stalled, 'film is', 'films are')} stalled: a store or a queue is away. They go on by themselves once it is back; the film says what it is.`);
    }
    if (ready.length && farm.latency && farm.latency.p95 > 60) {
      said.push(`Segments wait ${duration(farm.latency.p95)} for a worker at worst. More workers would help.`);
    }
    return said;
  }

  const worker = (w) => html`
    <tr>
      <th scope="row" class="long">${w.id}</th>
      <td>${w.device}</td>
      <td class="long" title=${w.bundle}>${models.find((m) => m.bundle === w.bundle)?.name ?? w.bundle.slice(0, 12)}</td>
      <td><span class="badge" data-state=${w.state}>${w.state === 'resting' ? 'benched' : w.state}</span></td>
      <td>${w.running.length ? w.running.map((r) => html`<a href="#/films/${r.film}">segment ${r.segment + 1}</a>, step ${r.step} of ${r.steps} `) : html`<span class="muted">nothing of yours</span>`}</td>
      <td>${seen.get(w.id)?.speed ? `${seen.get(w.id).speed.toFixed(1)} steps/s` : '–'}</td>
    </tr>`;

  /** Segments a minute, as bars; the same in words beside it. */
  function throughput() {
    const most = Math.max(1, ...farm.minutes);
    const total = farm.minutes.reduce((sum, n) => sum + n, 0);
    return html`
      <svg class="bars" viewBox="0 0 ${farm.minutes.length * 6} 60" role="img" aria-label="Segments rendered in each minute of the last hour, ${most} at most, ${total} together">
        ${farm.minutes.map((n, i) => bar(i, (n / most) * 56))}</svg>
      <p>${count(total, 'segment')} in the last ${duration(Math.min(3600, farm.seconds))}; ${most === 1 && !total ? 'none yet' : `${most} in the best minute`}.</p>`;
  }

  function draw() {
    if (!farm) {
      render(html`<h1>Farm</h1>${problem ? html`<p class="notice" role="alert">${problem}</p>` : html`<p class="notice">Looking…</p>`}`, where);
      return;
    }
    const said = advice();
    render(html`
      <h1>Farm</h1>
      ${problem ? html`<p class="notice" role="alert">${problem}</p>` : nothing}
      <section aria-label="What is wrong">${said.length ? html`<ul class="problems" role="alert">${said.map((text) => html`<li>${text}</li>`)}</ul>` : html`<p class="notice good">All is well.</p>`}</section>
      <h2>${count(workers.length, 'worker')}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Workers"><table>
        <thead><tr><th scope="col">Worker</th><th scope="col">Device</th><th scope="col">Model</th><th scope="col">State</th><th scope="col">In work</th><th scope="col">Speed</th></tr></thead>
        <tbody>${workers.map(worker)}</tbody></table></div>
      <h2>What waits</h2>
      ${farm.queue.length ? html`<div class="scroll" tabindex="0" role="region" aria-label="Queue"><table>
        <thead><tr><th scope="col">Lane</th><th scope="col">Tenant</th><th scope="col">Films</th><th scope="col">Segments to render</th></tr></thead>
        <tbody>${farm.queue.map((q) => html`<tr><th scope="row">${q.lane}</th><td>${q.tenant}</td><td>${q.films}</td><td>${q.segments}</td></tr>`)}</tbody></table></div>`
        : html`<p class="muted">Nothing.</p>`}
      <h2>Throughput</h2>
      ${throughput()}
      <h2>From ready to a worker</h2>
      <p>${farm.latency ? `${duration(farm.latency.p50)} for half of the segments, ${duration(farm.latency.p95)} for 95 of 100 (${count(farm.latency.segments, 'segment')}).` : 'Nothing was handed out in the last hour.'}</p>`, where);
  }

  draw();
  look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

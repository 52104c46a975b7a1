/** Stories and how they are said. Pure: no page, no network. */

/** A scene as it is edited. `id` is the page's own: scenes move. */
let nextId = 1;

export const DEFAULT_SECONDS = 3;

export function scene({ prompt = '', seconds = DEFAULT_SECONDS, start = 'continue', seed, negative, settings } = {}) {
  return { id: nextId++, prompt, seconds, start, seed, negative, settings };
}

/** Scenes as the farm shows them. */
export const scenesOf = (view) => view.map((s) => scene(s));

/** The story as the farm reads it. */
export function storyOf({ title, seed, startImage, scenes }) {
  return {
    ...(title ? { title } : {}),
    ...(seed !== undefined ? { seed } : {}),
    ...(startImage !== undefined ? { start_image: startImage } : {}),
    scenes: scenes.map((s) => ({
      prompt: s.prompt,
      seconds: s.seconds,
      start: s.start,
      ...(s.seed !== undefined ? { seed: s.seed } : {}),
      ...(s.negative ? { negative: s.negative } : {}),
      ...(s.settings ? { settings: s.settings } : {}),
    })),
  };
}

/** Problems by the place of the scene they are about; the others under `story`. */
export function byScene(problem) {
  const scenes = new Map();
  const story = [];
  const errors = problem?.errors?.length ? problem.errors : problem ? [{ field: '', message: problem.message, fix: '' }] : [];
  for (const error of errors) {
    const place = /^scenes\[(\d+)\](?:\.(\w+))?/.exec(error.field);
    if (place) {
      const at = Number(place[1]);
      scenes.set(at, [...(scenes.get(at) ?? []), { ...error, part: place[2] ?? 'prompt' }]);
    } else {
      story.push(error);
    }
  }
  return { scenes, story };
}

/** An error in a sentence. */
export const sentence = ({ field, message, fix }) => `${field ? `${field}: ` : ''}${message}${fix ? `; ${fix}` : ''}`;

/** A list with one of its members somewhere else. */
export function moved(list, from, to) {
  const rest = list.filter((_, i) => i !== from);
  rest.splice(to, 0, list[from]);
  return rest;
}

/** Seconds as people say them: 8 s, 1 min 5 s, 2 h 3 min. */
export function duration(seconds) {
  const whole = Math.max(0, seconds);
  if (whole < 9.95) {
    return `${Number(whole.toFixed(1))} s`;
  }
  const s = Math.round(whole);
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ''}`;
  }
  return `${Math.floor(s / 3600)} h${Math.floor((s % 3600) / 60) ? ` ${Math.floor((s % 3600) / 60)} min` : ''}`;
}

/** `3 scenes`, `1 scene`. */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

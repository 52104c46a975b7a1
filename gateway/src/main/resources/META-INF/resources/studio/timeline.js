/**
 * A film's segments as the page knows them: what the plan says, what the store holds, and what live events say since. Pure.
 */

/** Segment states, in the order they are gone through, and what people call them. */
export const STATES = {
  waiting: 'waits for the one before',
  ready: 'waits for a worker',
  dispatched: 'in work',
  accepted: 'rendered',
  clipped: 'can be watched',
  failed: 'failed',
};

/** @param scenes of a revision, each with its segments */
export function plan(scenes) {
  const segments = [];
  for (const s of scenes) {
    for (const g of s.segments) {
      segments[g.segment] = { segment: g.segment, scene: s.scene, key: g.key, kept: g.kept, state: 'waiting', attempts: 0 };
    }
  }
  return segments;
}

/** Takes in what is known of a segment: decided, stored, or in work. */
export function known(segments, line) {
  const segment = segments[line.segment];
  if (!segment) {
    return;
  }
  const attempt = line.attempt ?? line.stored?.at(-1)?.attempt;
  if (attempt) {
    Object.assign(segment, {
      state: line.attempt ? 'clipped' : later(segment.state, 'accepted'),
      attempt,
      worker: line.worker ?? line.stored.at(-1).worker,
      reused: line.reused ?? segment.reused,
      thumbnail: `/v1/segments/${line.key}/${attempt}/thumbnail`,
      attempts: Math.max(segment.attempts, line.stored?.length ?? 1),
    });
  } else if (line.running) {
    Object.assign(segment, { state: later(segment.state, 'dispatched'), worker: line.running, attempts: Math.max(1, segment.attempts) });
  }
}

function later(a, b) {
  const order = Object.keys(STATES);
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

/** Takes in a live event; says whether it was about one of the segments. */
export function heard(segments, name, event) {
  const segment = segments[event.segment];
  if (!segment) {
    return false;
  }
  if (name === 'progress') {
    Object.assign(segment, { step: event.step, steps: event.steps, worker: event.worker });
    if (segment.state === 'waiting' || segment.state === 'ready') {
      segment.state = 'dispatched';
      segment.attempts = Math.max(1, segment.attempts);
    }
    return true;
  }
  if (name !== 'segment') {
    return false;
  }
  segment.state = event.to;
  if (event.to === 'dispatched') {
    Object.assign(segment, { attempts: segment.attempts + 1, began: Date.parse(event.at), step: 0, attempt: event.attempt, seconds: undefined });
  }
  if (event.to === 'accepted' && event.from !== 'clipped') {
    const began = segment.began;
    Object.assign(segment, {
      attempt: event.attempt ?? segment.attempt,
      worker: event.worker ?? segment.worker,
      reused: event.reused,
      thumbnail: event.thumbnail ?? segment.thumbnail,
      seconds: began && !event.reused ? (Date.parse(event.at) - began) / 1000 : undefined,
      step: undefined,
    });
  }
  if (event.to === 'waiting') {
    segment.step = undefined;
  }
  return true;
}

/** How many segments are rendered, and how fast lately, in segments a second. */
export function pace(segments) {
  const done = segments.filter((s) => s.state === 'accepted' || s.state === 'clipped').length;
  const timed = segments.filter((s) => s.seconds).slice(-10);
  return { done, all: segments.length, each: timed.length ? timed.reduce((sum, s) => sum + s.seconds, 0) / timed.length : undefined };
}

// Drives /v1/videos with the unmodified npm package "openai": FARM is the gateway's address, PICTURE a PNG. Says what it did, line by line; the last line is
// JSON with the ids that VideosIT goes on with. Ends with 1 at the first thing that is not as it should be.
import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import { createReadStream, readFileSync } from 'node:fs';
import OpenAI, { toFile } from 'openai';

// Node.js 18 has it, but not where clients look.
globalThis.File ??= File;

const farm = process.env.FARM;
const picture = process.env.PICTURE;
// Errors are to be seen, not tried again.
const client = new OpenAI({ apiKey: 'any', baseURL: `${farm}/v1`, maxRetries: 0 });
const KEYS = ['completed_at', 'created_at', 'error', 'expires_at', 'id', 'model', 'object', 'progress', 'prompt', 'remixed_from_video_id', 'seconds', 'size', 'status'];
const NOBODY = `video_${'0'.repeat(24)}`;
// One segment of eleven frames: as short as a film can be and still be one.
const SHORT = { seconds: '1.375', steps: 2 };
const LONG = { seconds: '60', steps: 8 };

const said = (what) => console.log(`ok ${what}`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function whole(video) {
  assert.deepEqual(Object.keys(video).sort(), KEYS);
  assert.equal(video.object, 'video');
  assert.match(video.id, /^video_[0-9a-f]{24}$/);
  assert.equal(typeof video.seconds, 'string');
  assert.equal(typeof video.created_at, 'number');
  assert.ok(video.progress >= 0 && video.progress <= 100);
  return video;
}

async function poll(id) {
  for (let last = 0; ; ) {
    const { data, response } = await client.videos.retrieve(id).withResponse();
    const video = whole(data);
    assert.ok(video.progress >= last, `progress fell from ${last} to ${video.progress}`);
    last = video.progress;
    if (video.status === 'completed' || video.status === 'failed') {
      return video;
    }
    assert.ok(['queued', 'in_progress'].includes(video.status), video.status);
    assert.ok(video.progress < 100, 'done before it is completed');
    const after = Number(response.headers.get('openai-poll-after-ms'));
    assert.ok(after > 0, 'nothing says when to look again');
    await sleep(Math.min(after, 500));
  }
}

async function completed(id) {
  const video = await poll(id);
  assert.equal(video.status, 'completed', JSON.stringify(video.error));
  assert.equal(video.progress, 100);
  assert.equal(video.error, null);
  assert.ok(video.completed_at >= video.created_at);
  return video;
}

async function refused(what, call, kind, expected) {
  const error = await Promise.resolve().then(call).then(() => assert.fail(`${what} was not refused`), (e) => e);
  assert.ok(error instanceof kind, `${what}: ${error}`);
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(error[name], value, `${what}: ${name} of ${error.message}`);
  }
  assert.equal(typeof error.error.message, 'string', what);
  assert.deepEqual(Object.keys(error.error).sort(), ['code', 'message', 'param', 'type'], what);
  said(`refused: ${what}`);
  return error;
}

const bytes = async (response) => Buffer.from(await response.arrayBuffer());
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

// What is refused, whatever there is.
const bad = { status: 400, type: 'invalid_request_error', code: 'invalid_value' };
const create = (body) => () => client.videos.create({ prompt: 'A city.', ...SHORT, ...body });
await refused('an empty prompt', create({ prompt: '' }), OpenAI.BadRequestError, { ...bad, param: 'prompt' });
await refused('a long prompt', create({ prompt: 'a'.repeat(32001) }), OpenAI.BadRequestError, { ...bad, param: 'prompt' });
await refused('another model', create({ model: 'sora-2' }), OpenAI.BadRequestError, { ...bad, param: 'model' });
const size = await refused('another size', create({ size: '1280x720' }), OpenAI.BadRequestError, { ...bad, param: 'size' });
assert.match(size.message, /128x128/);
await refused('no seconds', create({ seconds: '0' }), OpenAI.BadRequestError, { ...bad, param: 'seconds' });
await refused('a file elsewhere', create({ input_reference: { file_id: 'file-1' } }), OpenAI.BadRequestError, { ...bad, param: 'input_reference' });
await refused('a picture elsewhere', create({ input_reference: { image_url: 'https://example.org/a.png' } }), OpenAI.BadRequestError, { ...bad, param: 'input_reference' });
await refused('a picture that is none', create({ input_reference: await toFile(Buffer.from('none'), 'a.png') }), OpenAI.BadRequestError, { ...bad, param: 'input_reference' });
await refused('an unknown parameter', create({ colour: 'red' }), OpenAI.BadRequestError, { ...bad, param: 'colour' });
await refused('an unknown variant', () => client.videos.downloadContent(NOBODY, { variant: 'trailer' }), OpenAI.BadRequestError, { ...bad, param: 'variant' });
await refused('too long a page', () => client.videos.list({ limit: 1000 }), OpenAI.BadRequestError, { ...bad, param: 'limit' });
await refused('a page after nothing', () => client.videos.list({ after: NOBODY }), OpenAI.BadRequestError, { ...bad, param: 'after' });
await refused('an extension of an upload', () => client.videos.extend({ prompt: 'A city.', seconds: '4', video: createReadStream(picture) }), OpenAI.BadRequestError, { ...bad, param: 'video' });
await refused('malformed JSON', () => client.post('/videos', { body: Buffer.from('{"prompt":'), headers: { 'content-type': 'application/json' } }), OpenAI.BadRequestError, { ...bad, param: 'body' });
await refused('a malformed form', () => client.post('/videos', { body: Buffer.from('none'), headers: { 'content-type': 'multipart/form-data' } }), OpenAI.BadRequestError, { ...bad, param: 'body' });

const missing = { status: 404, type: 'invalid_request_error', code: 'video_not_found' };
await refused('to show nothing', () => client.videos.retrieve(NOBODY), OpenAI.NotFoundError, missing);
await refused('to delete nothing', () => client.videos.delete(NOBODY), OpenAI.NotFoundError, missing);
await refused('to download nothing', () => client.videos.downloadContent(NOBODY), OpenAI.NotFoundError, missing);
await refused('to remix nothing', () => client.videos.remix(NOBODY, { prompt: 'A city.' }), OpenAI.NotFoundError, missing);
await refused('to extend nothing', () => client.videos.extend({ prompt: 'A city.', seconds: '4', video: { id: NOBODY } }), OpenAI.NotFoundError, missing);
await refused('a path that is none', () => client.get(`/videos/${NOBODY}/trailer`), OpenAI.NotFoundError, { status: 404 });
await refused('a method that is none', () => client.patch('/videos'), OpenAI.APIError, { status: 405 });
await refused('a character', () => client.videos.createCharacter({ name: 'A', video: createReadStream(picture) }), OpenAI.APIError, { status: 405 });
await refused('an edit', () => client.videos.edit({ prompt: 'A city.', video: { id: NOBODY } }), OpenAI.APIError, { status: 405 });
await refused('another media type', () => client.post('/videos', { body: Buffer.from('A city.'), headers: { 'content-type': 'text/plain' } }), OpenAI.APIError, { status: 415, code: 'media_type' });
await refused('too large a picture', create({ input_reference: await toFile(Buffer.alloc(12 << 20), 'a.png') }), OpenAI.APIError, { status: 413, code: 'too_large' });

// Create, poll, list, download.
const prompt = 'A blue fish swims in the ocean. It is daylight.';
const created = whole(await client.videos.create({ prompt, model: 'phenaki', size: '128x128', ...SHORT }));
assert.equal(created.prompt, prompt);
assert.equal(created.seconds, '1.375');
assert.equal(created.size, '128x128');
const source = await completed(created.id);
assert.equal(source.prompt, prompt);
said('created and polled');

const page = await client.videos.list({ limit: 1 });
assert.equal(page.data.length, 1);
const all = [];
for await (const video of client.videos.list({ limit: 1, order: 'asc' })) {
  all.push(whole(video).id);
}
assert.deepEqual(all, [source.id]);
said('listed');

const film = await client.videos.downloadContent(source.id);
assert.equal(film.headers.get('content-type'), 'video/mp4');
const mp4 = await bytes(film);
assert.equal(mp4.subarray(4, 8).toString(), 'ftyp');
const part = await client.videos.downloadContent(source.id, { variant: 'video' }, { headers: { Range: 'bytes=4-7' } });
assert.equal(part.status, 206);
assert.equal((await bytes(part)).toString(), 'ftyp');
for (const variant of ['thumbnail', 'spritesheet']) {
  const answer = await client.videos.downloadContent(source.id, { variant });
  assert.equal(answer.headers.get('content-type'), 'image/png');
  assert.deepEqual((await bytes(answer)).subarray(0, 4), PNG);
}
said('downloaded in every variant');

await refused('a range outside', () => client.videos.downloadContent(source.id, {}, { headers: { Range: 'bytes=999999999-' } }), OpenAI.APIError, { status: 416 });

// Remix and extend.
const remix = whole(await client.videos.remix(source.id, { prompt: 'A lion stands in the office.' }));
assert.equal(remix.remixed_from_video_id, source.id);
assert.equal(remix.seconds, source.seconds);
assert.equal((await completed(remix.id)).remixed_from_video_id, source.id);
said('remixed');

const extension = whole(await client.videos.extend({ prompt: 'A storm over the sea.', seconds: '0.75', video: { id: source.id } }));
assert.equal(extension.seconds, '2.125');
await completed(extension.id);
assert.equal((await bytes(await client.videos.downloadContent(extension.id))).subarray(4, 8).toString(), 'ftyp');
said('extended');

// The farm takes three that are not over: these begin with a picture, in each of its forms. It is full, then they are cancelled and deleted.
const url = `data:image/png;base64,${readFileSync(picture).toString('base64')}`;
const running = [];
for (const reference of [await toFile(readFileSync(picture), 'a.png', { type: 'image/png' }), createReadStream(picture), { image_url: url }]) {
  running.push(whole(await client.videos.create({ prompt: `The ocean, ${running.length}.`, input_reference: reference, ...LONG })).id);
}
said('pictures as a file, a stream and a data URL');
// Each is counted once the scheduler has spoken of it.
for (const id of running) {
  for (let seen = false; !seen; ) {
    seen = (await client.videos.list()).data.some((v) => v.id === id);
    await sleep(50);
  }
}
const full = await refused('one too many', create({}), OpenAI.RateLimitError, { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' });
assert.ok(Number(full.headers.get('retry-after')) > 0);
await refused('content of what is not over', () => client.videos.downloadContent(running[0]), OpenAI.ConflictError, { status: 409, code: 'wrong_state' });
await refused('to extend what is not over', () => client.videos.extend({ prompt: 'A city.', seconds: '4', video: { id: running[0] } }), OpenAI.ConflictError, { status: 409 });
assert.equal((await fetch(`${farm}/v1/films/${running[0].slice(6)}/cancel`, { method: 'POST' })).status, 202);
const cancelled = await poll(running[0]);
assert.equal(cancelled.status, 'failed');
assert.equal(cancelled.error.code, 'cancelled');
said('cancelled');
for (const id of running) {
  assert.deepEqual(await client.videos.delete(id), { id, deleted: true, object: 'video.deleted' });
  for (let there = true, i = 0; there; i++) {
    assert.ok(i < 50, 'deleted, and still there');
    there = await client.videos.retrieve(id).then(() => sleep(100).then(() => true), (e) => !(e instanceof OpenAI.NotFoundError));
  }
}
said('deleted, running or not');

// A story, and a key.
const story = whole(await client.videos.create({ prompt: 'A blue fish.\nA storm over the sea. [1s#]', seconds: '2', steps: 2 }));
assert.equal(story.seconds, '2');
assert.equal((await (await fetch(`${farm}/v1/films/${story.id.slice(6)}`)).json()).scenes, 2);
await client.videos.delete(story.id);
said('a story of two scenes');
const key = { headers: { 'Idempotency-Key': 'once' } };
const once = await client.videos.create({ prompt: 'A city.', ...SHORT }, key);
assert.equal((await client.videos.create({ prompt: 'A city.', ...SHORT }, key)).id, once.id);
await refused('a key for something else', () => client.videos.create({ prompt: 'A river.', ...SHORT }, key), OpenAI.UnprocessableEntityError, { status: 422, code: 'key_reused' });
await client.videos.delete(once.id);
said('the same key, the same video');


console.log(JSON.stringify({ source: source.id, remix: remix.id, extension: extension.id }));

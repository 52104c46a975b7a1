/**
 * Plays a revision, also while it grows: with hls.js where there is MediaSource, natively where there is not. The library is fetched when the
 * first film is opened, and not before.
 */
import { authorization, accessKey } from './api.js';

const PLAYLIST = 'application/vnd.apple.mpegurl';
const AGAIN = 1_000;
/** Seconds that may be missing at a film's end: less than a frame. */
const SHORTFALL = 0.06;
let library;

function hls() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/lib/hls.js';
    script.onload = () => resolve(window.Hls);
    script.onerror = () => {
      library = undefined;
      reject(new Error('The player cannot be fetched.'));
    };
    document.head.append(script);
  });
  return library;
}

/**
 * @param video   the element
 * @param film    its id
 * @param revision of it
 * @param from    seconds at which to begin
 * @param trouble told in words what is wrong, or an empty text once it is right again
 * @returns what ends it
 */
export function play(video, { film, revision, from = 0, trouble = () => {} }) {
  const playlist = `/v1/films/${film}/hls/playlist.m3u8?revision=${revision}`;
  let player;
  let timer;
  let ended = false;
  let reopened = false;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(start, AGAIN);
  };

  async function start() {
    if (ended) {
      return;
    }
    // Nothing can be watched before the first clip is there, and players give up on a playlist that is not.
    const there = await fetch(playlist, { headers: authorization(), credentials: 'omit' }).catch(() => null);
    if (ended) {
      return;
    }
    if (!there?.ok) {
      again();
      return;
    }
    const Hls = await hls().catch(() => null);
    if (ended) {
      return;
    }
    if (Hls?.isSupported()) {
      withLibrary(Hls);
    } else if (video.canPlayType(PLAYLIST) && !accessKey.get()) {
      video.src = playlist;
    } else {
      trouble('This browser cannot play films as they grow. Download it when it is finished.');
    }
  }

  function withLibrary(Hls) {
    const reachedTo = video.currentTime;
    player = new Hls({
      startPosition: reachedTo || from,
      enableWorker: false,
      // Parts are the newest second of a film; without them its end would be seen an entry late.
      lowLatencyMode: true,
      // Whoever watches from the beginning is not hurried to the newest frame.
      maxLiveSyncPlaybackRate: 1,
      backBufferLength: Infinity,
      xhrSetup: (request) => Object.entries(authorization()).forEach(([name, value]) => request.setRequestHeader(name, value)),
    });
    player.on(Hls.Events.ERROR, (_, error) => {
      if (!error.fatal) {
        return;
      }
      if (error.type === Hls.ErrorTypes.MEDIA_ERROR) {
        player.recoverMediaError();
        return;
      }
      // The farm is away, or a playlist was: begin again at the same place.
      trouble('The farm is not heard; what is loaded can be watched.');
      player.destroy();
      player = undefined;
      again();
    });
    player.on(Hls.Events.BUFFER_EOS, () => {
      // The library may take an entry of which it has the first parts for whole: what is over is opened once more, without parts.
      const whole = player.levels[0]?.details?.totalduration ?? 0;
      const end = video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0;
      if (whole - end > SHORTFALL && !reopened) {
        reopened = true;
        const going = !video.paused;
        from = video.currentTime;
        player.destroy();
        player = undefined;
        withLibrary(Hls);
        if (going) {
          video.play().catch(() => {});
        }
      }
    });
    player.on(Hls.Events.LEVEL_LOADED, () => trouble(''));
    player.loadSource(playlist);
    player.attachMedia(video);
  }

  // Fetched while the first clip is being made.
  hls().catch(() => {});
  start();
  return () => {
    ended = true;
    clearTimeout(timer);
    player?.destroy();
    video.removeAttribute('src');
    video.load();
  };
}

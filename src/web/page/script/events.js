// The events of the conversation, read on from the last number: nothing is lost and nothing is shown twice.

const SILENCE_MAX_MS = 40_000;
// A stream that lasted less than this was ended for another one.
const STREAM_MIN_MS = 5_000;
// A tab that nobody sees looks now and then: a browser has few connections for all tabs of a site.
const HIDDEN_EVERY_MS = 15_000;
const HIDDEN_LOOK_MS = 2_000;

let reading = null;
let isFollowing = false;
let heardAt = Date.now();

/** Cuts the stream off: it begins anew, of the current conversation. */
const followAnew = () => reading?.abort();

/** Follows the current conversation until it ends. */
async function follow() {
  if (isFollowing) return followAnew();
  isFollowing = true;
  await followUntilEnd().finally(() => (isFollowing = false));
}

async function followUntilEnd() {
  let failures = 0;
  while (!current.state.ended) {
    try {
      if (needsToken()) await signIn('');
      if (!current.session) await begin();
      if (staff) storage.set('token', token);
      if (document.hidden) await untilSeen();
      const began = Date.now();
      const conversation = current;
      const isShort = () => Date.now() - began < STREAM_MIN_MS;
      const isKnown = await readEvents(conversation, () => (failures = isShort() ? failures : 0));
      const isOver = conversation !== current || current.state.ended;
      if (isKnown ? isShort() && !isOver : failures++ > 0) await backOff(failures++);
    } catch (error) {
      // Cut off on purpose, to begin anew.
      if (error.name === 'AbortError') continue;
      const status = error.answer?.status;
      if (staff && status === 401) {
        await signIn(texts.token_refused);
        continue;
      }
      showAlert(status === 429 || status === 503 ? texts.busy : texts.offline, 'network');
      await backOff(failures++);
    }
  }
}

/** Begins a conversation; one of several tabs does, and the others take its secret. */
async function begin() {
  const start = async () => {
    const known = storage.get('session');
    if (known && isOurs()) return known;
    const { session } = await started();
    storage.set('session', session);
    return session;
  };
  const locks = storage.isShared && navigator.locks;
  const before = current;
  const session = locks ? await locks.request('frontdesk-chat-start', start) : await start();
  // Another tab may have been faster.
  if (before === current) openConversation(session);
}

async function started() {
  const body = { language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  const start = () => request(null, 'POST', 'start', { body: claim ? { ...body, claim } : body });
  let answer = await start();
  if (answer.status === 401 && claim && !staff) {
    dropClaim();
    answer = await start();
  }
  if (!answer.ok) throw Object.assign(new Error('start'), { answer });
  return answer.json();
}

/** Reads the events of a conversation until their stream ends; false if the server does not know the conversation. */
async function readEvents(conversation, onPart) {
  reading = new AbortController();
  const { signal } = reading;
  const look = document.hidden ? setTimeout(() => reading.abort(), HIDDEN_LOOK_MS) : null;
  try {
    const answer = await request(conversation.session, 'GET', `events?after=${conversation.cursor}`, { signal });
    if (conversation !== current) return true;
    if (answer.status === 404) {
      forgetConversation();
      return false;
    }
    if (!answer.ok) throw Object.assign(new Error('events'), { answer });
    clearAlert('network');
    sendOutbox();
    await readStream(conversation, answer.body.getReader(), onPart);
    return true;
  } finally {
    clearTimeout(look);
  }
}

/** Reads server-sent events until they end. A stream that is silent for too long is a dead one. */
async function readStream(conversation, reader, onPart) {
  const decoder = new TextDecoder();
  const stream = reading;
  let text = '';
  for (;;) {
    const silent = setTimeout(() => stream.abort(), SILENCE_MAX_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silent));
    if (done || conversation !== current) return;
    heardAt = Date.now();
    onPart();
    text += decoder.decode(value, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop();
    parts.forEach(applyEvent);
  }
}

function applyEvent(part) {
  const field = (name) => part.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  if (!data) return;
  if (field('event') === 'message') showMessage(JSON.parse(data));
  if (field('event') === 'state') applyState(JSON.parse(data));
}

/** Waits until somebody looks at the tab, or it is time for a look of its own. */
function untilSeen() {
  return new Promise((resolve) => {
    const done = () => {
      document.removeEventListener('visibilitychange', done);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, HIDDEN_EVERY_MS);
    document.addEventListener('visibilitychange', done);
  });
}

window.addEventListener('online', followAnew);
// A phone that was asleep does not know that its connection has gone.
document.addEventListener('visibilitychange', () => {
  if (document.hidden || Date.now() - heardAt > SILENCE_MAX_MS / 2) followAnew();
});

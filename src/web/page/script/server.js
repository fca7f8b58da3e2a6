// Requests to the server, and the pauses between them.

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** The token of a member of staff, which goes along with the secret of their conversation. */
let token = null;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a request for the conversation with this secret, or for none. */
function request(session, method, route, { body, signal } = {}) {
  const headers = {};
  if (staff) headers.authorization = `Bearer ${token}`;
  if (session) headers[staff ? 'x-chat-session' : 'authorization'] = staff ? session : `Bearer ${session}`;
  if (body) headers['content-type'] = 'application/json';
  if (route.startsWith('events')) headers.accept = 'text/event-stream';
  const options = { method, headers, signal, cache: 'no-store', credentials: 'omit', body: body && JSON.stringify(body) };
  return fetch(`${path}/api/${route}`, options);
}

/** Waits before another try; a network that is back ends the wait. */
function backOff(failures) {
  return new Promise((resolve) => {
    const done = () => {
      window.removeEventListener('online', done);
      resolve();
    };
    window.addEventListener('online', done);
    setTimeout(done, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  });
}

const needsToken = () => staff && token === null;

/** Has staff give their token; resolves once there is one. */
function signIn(problem) {
  token = null;
  storage.set('token', null);
  showAlert(problem);
  $('sign-in').hidden = false;
  $('composer').hidden = true;
  $('token').value = '';
  $('token').focus();
  return new Promise((resolve) => {
    const signedIn = (submitted) => {
      submitted.preventDefault();
      token = $('token').value.trim();
      $('token').value = '';
      $('sign-in').hidden = true;
      $('composer').hidden = false;
      showAlert('');
      $('text').focus();
      resolve();
    };
    $('sign-in').addEventListener('submit', signedIn, { once: true });
  });
}

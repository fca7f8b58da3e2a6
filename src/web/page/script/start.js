// The beginning: what buttons and keys do, the page around this one, and the conversation that is shown first.

let hasStarted = false;

function start(claim) {
  if (hasStarted) return;
  hasStarted = true;
  takeClaim(claim);
  token = staff ? storage.get('token') : null;
  current = newConversation(storage.get('session'));
  applyState(current.state);
  setDraft($('text').value || (storage.get('draft') ?? ''));
  restoreOutbox();
  follow();
}

/** Another conversation in the place of this one. */
function restart() {
  if (!current.state.ended) request(current.session, 'POST', 'end').catch(() => {});
  forgetConversation();
  showAlert('');
  openConversation(null);
  $('text').focus();
  follow();
}

function submit() {
  const text = $('text').value.trim();
  const characters = [...text].length;
  if (!text) return;
  if (characters > MESSAGE_CHARACTERS_MAX) {
    const count = new Intl.NumberFormat(language).format(characters);
    return showAlert(fill(texts.message_too_long, { count }), 'input');
  }
  send({ text });
  setDraft('');
}

$('composer').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  submit();
  $('text').focus();
});
$('text').addEventListener('keydown', (pressed) => {
  if (pressed.key !== 'Enter' || pressed.shiftKey || pressed.isComposing) return;
  pressed.preventDefault();
  $('composer').requestSubmit();
});
$('text').addEventListener('input', () => setDraft($('text').value));
$('person').addEventListener('click', () => (send({ action: 'person' }), focusAfterButton()));
$('back').addEventListener('click', () => (send({ action: 'desk' }), focusAfterButton()));
$('attach').addEventListener('click', () => $('files').click());
$('files').addEventListener('change', async () => {
  await attach($('files').files);
  $('files').value = '';
  $('text').focus();
});
$('restart').addEventListener('click', restart);
// Another tab has begun another conversation, or ended this one.
window.addEventListener('storage', ({ key, newValue }) => {
  if (staff || key !== storage.keyOf('session') || !newValue || newValue === current.session || !isOurs()) return;
  showAlert('');
  openConversation(newValue);
  follow();
});

// ---- The page that shows this one in a frame

function tellHost(type) {
  if (window.parent !== window) window.parent.postMessage({ frontdesk: type }, '*');
}

window.addEventListener('message', ({ source, origin, data }) => {
  const isKnown = origins.includes(origin) || origin === window.location.origin;
  if (source !== window.parent || !isKnown || typeof data?.frontdesk !== 'string') return;
  if (data.frontdesk === 'open') $('text').focus();
  if (data.frontdesk !== 'hello') return;
  hostOrigin = origin;
  if (!hasStarted) storage.restore(data.kept);
  start(typeof data.claim === 'string' ? data.claim : null);
});
$('close').addEventListener('click', () => tellHost('close'));
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape' && embedded) tellHost('close');
});

if (isFramed) {
  $('close').hidden = false;
  tellHost('ready');
  // A host page that does not answer has no claim to make.
  setTimeout(() => start(null), 3_000);
} else {
  start(null);
  if (!matchMedia('(pointer: coarse)').matches) $('text').focus();
}

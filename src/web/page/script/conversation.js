// The conversation that is shown: its secret, the number of its newest message, and its state.
//
// Whoever has waited for an answer compares the conversation of the request with the current one: what comes late for another
// one is not applied.

const FRESH_STATE = { with: 'desk' };

const newConversation = (session) => ({ session, cursor: 0, isFull: false, state: FRESH_STATE });

let current = newConversation(null);

/** Shows the conversation of a secret from its beginning. */
function openConversation(session) {
  current = newConversation(session);
  sendOutboxAnew();
  returnRefused();
  showTyping(false);
  $('log').replaceChildren(...outbox.map((item) => item.element));
  applyState(FRESH_STATE);
}

/** The secret opens nothing any more: another conversation begins, and what is shown stays until then. */
function forgetConversation() {
  if (storage.get('session') === current.session) storage.set('session', null);
  current = { ...newConversation(null), state: current.state };
  sendOutboxAnew();
}

/** Shows a message, once. */
function showMessage(message) {
  if (message.number <= current.cursor) return;
  current.cursor = message.number;
  const isOwn = message.from === 'visitor';
  const follows = isAtEnd() || isOwn;
  const item = message.id && outbox.find(({ body }) => body.id === message.id);
  removeChoices();
  if (item) removeFromOutbox(item);
  const shown = bubbleOf(message);
  $('log').append(shown);
  showChoices(message);
  showTyping(current.state.working);
  outbox.filter((other) => !isRefused(other)).forEach((other) => $('log').append(other.element));
  if (follows) scrollToEnd(isOwn ? null : shown);
  if (embedded && !isOwn) tellHost('message');
}

/** Shows who answers now, and what can be done. */
function applyState(state) {
  current.state = state;
  const hasPerson = state.with !== 'desk';
  const status = statusOf(state);
  $('person').title = state.hours ?? '';
  if ($('status').textContent !== status) $('status').textContent = status;
  const focused = document.activeElement;
  $('person').hidden = hasPerson || state.ended || staff;
  $('back').hidden = !hasPerson || state.ended;
  $('attach').hidden = !hasPerson || state.ended || staff;
  $('composer').hidden = state.ended || needsToken();
  $('restart').hidden = !state.ended && !current.isFull;
  if (focused && focused.hidden) (state.ended ? $('restart') : $('text')).focus({ preventScroll: true });
  if (state.ended) showAlert(texts.ended);
  showTyping(state.working);
}

function statusOf({ with: answering, person, hours }) {
  if (answering === 'desk') return texts.automatic;
  if (answering === 'waiting') return [texts.waiting, hours].filter(Boolean).join(' · ');
  return person ? fill(texts.with_person, { person }) : texts.with_colleague;
}

/** No more is taken in this conversation. */
function markFull() {
  current.isFull = true;
  $('restart').hidden = false;
}

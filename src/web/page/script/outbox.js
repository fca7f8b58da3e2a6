// The messages of the visitor that the conversation does not show yet. A message has an id before it is sent, so that sending
// it again is harmless: it stays here until the server has numbered it, or the visitor gives it up.

/** Each has its request's `body`, its `element` and `note` on the screen, and what became of it so far. */
let outbox = [];

const waits = (item) => item.status === 'waiting';
const isRefused = (item) => item.status === 'refused';

const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const wordsOf = ({ text, action }) => text ?? { person: texts.person_wanted, desk: texts.back }[action];

const reasonOf = (code) => ({ TOO_LONG: texts.long, TOO_LARGE: texts.too_large, NO_PERSON: texts.no_person_for_files })[code];

/** Stores what a reload is to find again: files are too large for that. */
function storeOutbox() {
  const all = outbox.filter(({ body }) => !body.files);
  const items = all.map((item) => ({ body: item.body, refused: isRefused(item) ? item.code : undefined }));
  storage.set('outbox', items.length ? JSON.stringify({ items }) : null);
}

/** The messages of an earlier view of the page. What cannot be read, as of another version, is none. */
function storedItems() {
  try {
    return JSON.parse(storage.get('outbox')).items.filter((item) => typeof item?.body?.id === 'string');
  } catch {
    return [];
  }
}

function restoreOutbox() {
  for (const { body, refused } of storedItems()) {
    const item = addToOutbox(body, []);
    if (refused) markRefused(item, refused);
    if (refused === 'TOO_LONG') markFull();
  }
}

function addToOutbox(body, fileNames) {
  const shown = bubbleOf({ from: 'visitor', text: wordsOf(body), files: fileNames, at: new Date().toISOString() });
  const note = element('p', 'note', texts.sending);
  shown.classList.add('pending');
  shown.append(note);
  removeChoices();
  $('log').append(shown);
  const item = { body, element: shown, note, status: 'waiting' };
  outbox.push(item);
  storeOutbox();
  scrollToEnd();
  return item;
}

function removeFromOutbox(item) {
  item.element.remove();
  outbox = outbox.filter((other) => other !== item);
  storeOutbox();
}

/** The server does not take a message: it stays with the reason. */
function markRefused(item, code) {
  Object.assign(item, { status: 'refused', code });
  item.note.textContent = reasonOf(code) || texts.not_sent;
  storeOutbox();
}

/** Offers to send a message again that the server could not take just now. */
function offerAgain(item) {
  const again = element('button', '', texts.again);
  again.type = 'button';
  again.addEventListener('click', () => {
    item.status = 'waiting';
    item.note.textContent = texts.sending;
    $('text').focus();
    sendOutbox();
  });
  item.note.append(' ', again);
}

/** Another conversation is the current one: what the one before has taken and not shown is sent in this one. */
function sendOutboxAnew() {
  outbox.filter(({ status }) => status === 'sent').forEach((item) => (item.status = 'waiting'));
}

/** Puts the words that were refused back into the input, where they can be shortened. */
function returnRefused() {
  const refused = outbox.filter(isRefused);
  const words = refused.map(({ body }) => body.text).filter(Boolean);
  refused.forEach(removeFromOutbox);
  setDraft([...words, $('text').value].filter(Boolean).join('\n'));
}

/** Sets the words in the input, which a reload finds again. */
function setDraft(text) {
  $('text').value = text;
  growInput();
  storage.set('draft', text || null);
}

function growInput() {
  $('text').style.height = 'auto';
  $('text').style.height = `${$('text').scrollHeight + 3}px`;
}

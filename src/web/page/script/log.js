// The messages on the screen. Every text from outside goes in as text, never as HTML.

const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A text with its web addresses as links. */
function linked(text) {
  const made = element('p', 'bubble');
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"'“”„«»]+/g)) {
    const address = found[0].replace(/[.,;:!?)\]]+$/, '');
    let url;
    try {
      url = new URL(address);
    } catch {
      continue;
    }
    made.append(text.slice(end, found.index));
    const link = element('a', '', address);
    link.href = url.href;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    made.append(link);
    end = found.index + address.length;
  }
  made.append(text.slice(end));
  return made;
}

const isAtEnd = () => $('log').scrollHeight - $('log').scrollTop - $('log').clientHeight < 120;

/** Scrolls to the end, but not past the beginning of what is to be read. */
function scrollToEnd(first) {
  const top = first ? first.offsetTop - 12 : Infinity;
  $('log').scrollTo({ top: Math.min(top, $('log').scrollHeight) });
}

// A keyboard that comes up on a phone leaves less room: whoever read the end still does.
let readsEnd = false;
$('log').addEventListener('scroll', () => (readsEnd = isAtEnd()), { passive: true });
new ResizeObserver(() => readsEnd && $('log').scrollTo({ top: $('log').scrollHeight, behavior: 'instant' })).observe($('log'));

function authorOf({ from, person }) {
  if (from === 'visitor') return texts.you;
  return from === 'person' ? person || texts.colleague : texts.assistant;
}

/** The element of a message, with its author where another one wrote before. */
function bubbleOf(message) {
  const { from, text, at } = message;
  const made = element('article', from);
  const author = authorOf(message);
  const last = [...$('log').querySelectorAll('article')].pop();
  const continues = last && last.dataset.author === author && last.classList.contains(from);
  made.dataset.author = author;
  if (!continues) made.classList.add('new');
  const head = element('p', continues ? 'hidden' : 'author');
  head.append(element('span', from === 'visitor' ? 'hidden' : '', author));
  if (at && !continues) {
    const time = element('time', '', clock.format(new Date(at)));
    time.dateTime = at;
    head.append(element('span', 'hidden', ', '), time);
  }
  made.append(head);
  const words = text && (from === 'visitor' ? element('p', 'bubble', text) : linked(text));
  if (words) made.append(Object.assign(words, { dir: 'auto' }));
  for (const file of message.files ?? []) made.append(element('p', 'bubble file', file));
  return made;
}

/** Shows the answers that can be picked; each one is sent as a message. */
function showChoices(message) {
  if (!message.choices?.length) return;
  const list = element('ul', 'choices');
  list.setAttribute('aria-label', texts.choices);
  for (const { label } of message.choices) {
    const button = element('button', '', label);
    button.type = 'button';
    button.addEventListener('click', () => {
      send({ text: label });
      focusAfterButton();
    });
    const item = element('li');
    item.append(button);
    list.append(item);
  }
  $('log').append(list);
}

const removeChoices = () => $('log').querySelectorAll('.choices').forEach((list) => list.remove());

let typing = null;

/** Shows at the end that an answer is on its way, or that none is. */
function showTyping(isWorking) {
  typing?.remove();
  typing = null;
  if (!isWorking) return;
  typing = element('div', 'desk');
  const dots = element('p', 'bubble typing');
  dots.append(element('span', 'hidden', texts.working), element('i'), element('i'), element('i'));
  typing.append(dots);
  const follows = isAtEnd();
  $('log').append(typing);
  if (follows) scrollToEnd();
}

/** Shows a sentence above the input. `about` names what it is about, by which it goes again. */
function showAlert(text, about = '') {
  $('alert').dataset.about = about;
  if ($('alert').textContent !== text) $('alert').textContent = text;
}

function clearAlert(about) {
  if ($('alert').dataset.about === about) showAlert('');
}

/** Gives the focus back after a button has gone; on a phone without bringing up the keyboard. */
function focusAfterButton() {
  (matchMedia('(pointer: coarse)').matches ? $('log') : $('text')).focus({ preventScroll: true });
}

// The chat of one visitor. Every text from outside goes in as text, never as HTML.
//
// A message has an id before it is sent, so that sending it again is harmless: it waits in the outbox until the server
// has numbered it. What happens is read on from the last number, so nothing is lost and nothing is shown twice.
(() => {
  'use strict';

  const $ = (id) => document.getElementById(id);
  const { texts, origins, embedded, staff, path } = JSON.parse($('settings').textContent);
  const language = document.documentElement.lang;
  const FILE_BYTES_MAX = 1_000_000;
  const FILES_MAX = 5;
  const FILE_NAME_MAX = 255;
  const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
  const SILENCE_MAX_MS = 40_000;
  // A stream that lasted less than this was ended for another one.
  const STREAM_MIN_MS = 5_000;
  // A tab that nobody sees looks now and then: a browser has few connections for all tabs of a site.
  const HIDDEN_EVERY_MS = 15_000;
  const HIDDEN_LOOK_MS = 2_000;

  // The origin of the page around this one, once it has shown that it is a known one.
  let host = null;
  let begun = false;

  document.documentElement.classList.add('js');
  document.documentElement.classList.toggle('embedded', embedded && window.parent !== window);

  // The storage of a frame may be closed to it: then the page around it keeps the conversation for its tab.
  const kept = (() => {
    const memory = new Map();
    let store = null;
    let ofTab = null;
    try {
      ofTab = window.sessionStorage;
      // What staff see is kept in their tab alone.
      store = staff ? ofTab : window.localStorage;
      store.setItem('frontdesk-chat-try', '1');
      store.removeItem('frontdesk-chat-try');
    } catch {
      store = null;
    }
    // What waits in one tab is not that of another.
    const place = (name) => (name === 'outbox' ? ofTab : store);
    const named = (name) => `frontdesk-${path}-${name}`;
    const names = ['session', 'claimed', 'outbox'];
    return {
      isShared: Boolean(store) && !staff,
      get: (name) => (store ? place(name).getItem(named(name)) : memory.get(name)) ?? null,
      set(name, value) {
        try {
          if (store && value === null) place(name).removeItem(named(name));
          else if (store) place(name).setItem(named(name), value);
        } catch {
          // A full storage: what is not kept is lost to a reload alone.
        }
        if (store) return;
        memory.set(name, value);
        if (host) window.parent.postMessage({ frontdesk: 'keep', kept: Object.fromEntries(memory) }, host);
      },
      /** Takes back what the page around this one has kept. */
      take(all) {
        if (!store) names.filter((name) => typeof all?.[name] === 'string').forEach((name) => memory.set(name, all[name]));
      },
    };
  })();

  const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  let session = null;
  let claim = null;
  let token = null;
  let cursor = 0;
  let reading = null;
  let following = false;
  let isFull = false;
  let heardAt = Date.now();
  let state = { with: 'desk' };
  let outbox = [];
  let sending = false;
  let typing = null;

  // ---- What is shown

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** Text with its web addresses as links. */
  function linked(text) {
    const made = element('p', 'bubble');
    made.dir = 'auto';
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
  function toEnd(first) {
    const top = first ? first.offsetTop - $('log').offsetTop - 12 : Infinity;
    $('log').scrollTo({ top: Math.min(top, $('log').scrollHeight) });
  }

  // A keyboard that comes up on a phone leaves less room: whoever read the end still does.
  let readsEnd = false;
  $('log').addEventListener('scroll', () => (readsEnd = isAtEnd()), { passive: true });
  new ResizeObserver(() => readsEnd && $('log').scrollTo({ top: $('log').scrollHeight, behavior: 'instant' })).observe($('log'));

  function author(from, person) {
    if (from === 'visitor') return texts.you;
    return from === 'person' ? person || texts.colleague : texts.assistant;
  }

  function bubble(from, message) {
    const made = element('article', from);
    const by = author(from, message.person);
    const last = [...$('log').querySelectorAll('article')].pop();
    const goesOn = last && last.dataset.by === by && last.classList.contains(from);
    made.dataset.by = by;
    if (!goesOn) made.classList.add('new');
    const head = element('p', goesOn ? 'hidden' : 'by');
    head.append(element('span', from === 'visitor' ? 'hidden' : '', by));
    if (message.at && !goesOn) {
      const time = element('time', '', clock.format(new Date(message.at)));
      time.dateTime = message.at;
      head.append(element('span', 'hidden', ', '), time);
    }
    made.append(head);
    if (message.text) made.append(from === 'visitor' ? Object.assign(element('p', 'bubble', message.text), { dir: 'auto' }) : linked(message.text));
    for (const file of message.files ?? []) made.append(element('p', 'bubble file', file));
    return made;
  }

  function choices(message) {
    if (!message.choices?.length) return;
    const list = element('ul', 'choices');
    list.setAttribute('aria-label', texts.choices);
    for (const { label } of message.choices) {
      const button = element('button', '', label);
      button.type = 'button';
      button.addEventListener('click', () => {
        say({ text: label });
        rest();
      });
      const item = element('li');
      item.append(button);
      list.append(item);
    }
    $('log').append(list);
  }

  const withoutChoices = () => $('log').querySelectorAll('.choices').forEach((list) => list.remove());

  /** Gives the focus back after a button has gone; on a phone without bringing up the keyboard. */
  function rest() {
    (matchMedia('(pointer: coarse)').matches ? $('log') : $('text')).focus({ preventScroll: true });
  }

  function show(message) {
    if (message.number <= cursor) return;
    cursor = message.number;
    const follows = isAtEnd() || message.from === 'visitor';
    const mine = message.id && outbox.find((one) => one.id === message.id);
    withoutChoices();
    if (mine) {
      forget(mine);
      mine.shown.remove();
    }
    const shown = bubble(message.from, message);
    $('log').append(shown);
    choices(message);
    typingLast();
    outbox.filter((one) => !one.failed).forEach((one) => $('log').append(one.shown));
    if (follows) toEnd(message.from === 'visitor' ? null : shown);
    if (embedded && message.from !== 'visitor') tellParent('message');
  }

  function typingLast() {
    typing?.remove();
    typing = null;
    if (!state.working) return;
    typing = element('div', 'desk');
    const dots = element('p', 'bubble typing');
    dots.append(element('span', 'hidden', texts.working), element('i'), element('i'), element('i'));
    typing.append(dots);
    const follows = isAtEnd();
    $('log').append(typing);
    if (follows) toEnd();
  }

  function apply(next) {
    state = next;
    const hasPerson = state.with !== 'desk';
    const status = {
      desk: texts.automatic,
      waiting: texts.waiting,
      person: fill(texts.with_person, { person: state.person || texts.colleague }),
    }[state.with];
    const line = [status, state.with === 'waiting' ? state.hours : ''].filter(Boolean).join(' · ');
    $('person').title = state.hours ?? '';
    if ($('status').textContent !== line) $('status').textContent = line;
    const had = document.activeElement;
    $('person').hidden = hasPerson || state.ended || staff;
    $('back').hidden = !hasPerson || state.ended;
    $('attach').hidden = !hasPerson || state.ended || staff;
    $('composer').hidden = state.ended || asksToken();
    $('restart').hidden = !state.ended && !isFull;
    if (had && had.hidden) (state.ended ? $('restart') : $('text')).focus({ preventScroll: true });
    if (state.ended) alertText(texts.ended);
    typingLast();
  }

  function alertText(text) {
    if ($('alert').textContent !== text) $('alert').textContent = text;
  }

  // ---- The server

  /** Staff have a token beside the secret of their conversation. */
  async function ask(method, route, body, signal) {
    const headers = {};
    if (staff) headers.authorization = `Bearer ${token}`;
    if (session) headers[staff ? 'x-chat-session' : 'authorization'] = staff ? session : `Bearer ${session}`;
    if (body) headers['content-type'] = 'application/json';
    if (route.startsWith('events')) headers.accept = 'text/event-stream';
    const options = { method, headers, signal, cache: 'no-store', credentials: 'omit', body: body && JSON.stringify(body) };
    return fetch(`${path}/api/${route}`, options);
  }

  const asksToken = () => staff && token === null;

  /** Has staff give their token; resolves once there is one. */
  function signIn(problem) {
    token = null;
    kept.set('token', null);
    alertText(problem);
    $('sign-in').hidden = false;
    $('composer').hidden = true;
    $('token').value = '';
    $('token').focus();
    return new Promise((resolve) => {
      $('sign-in').addEventListener(
        'submit',
        (submitted) => {
          submitted.preventDefault();
          token = $('token').value.trim();
          $('token').value = '';
          $('sign-in').hidden = true;
          $('composer').hidden = false;
          alertText('');
          $('text').focus();
          resolve();
        },
        { once: true },
      );
    });
  }

  /** Begins a conversation; one of several tabs does, and the others take its token. */
  async function begin() {
    const start = async () => {
      const known = kept.get('session');
      if (known && known !== session && isOurs()) return known;
      const body = { language, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
      if (claim) body.claim = claim;
      let answer = await ask('POST', 'start', body);
      if (answer.status === 401 && claim && !staff) {
        kept.set('claimed', refusedMark(claim));
        claim = null;
        delete body.claim;
        answer = await ask('POST', 'start', body);
      }
      if (!answer.ok) throw Object.assign(new Error('start'), { answer });
      const begun = await answer.json();
      kept.set('session', begun.session);
      return begun.session;
    };
    const locks = kept.isShared && navigator.locks;
    const token = locks ? await locks.request('frontdesk-chat-start', start) : await start();
    open(token);
  }

  /** Shows the conversation of a token from its beginning. */
  function open(token) {
    session = token;
    cursor = 0;
    isFull = false;
    state = { with: 'desk' };
    typing = null;
    $('log').replaceChildren(...outbox.map((one) => one.shown));
  }

  /** The token opens nothing any more. */
  function lost() {
    if (kept.get('session') === session) kept.set('session', null);
    session = null;
    isFull = false;
    // What it had taken and not shown is said in the next one.
    outbox.forEach((one) => (one.sent = false));
  }

  /** Reads what happens, until the conversation ends. */
  async function follow() {
    if (following) return reading?.abort();
    following = true;
    await followOn().finally(() => (following = false));
  }

  async function followOn() {
    let failures = 0;
    let look = null;
    for (;;) {
      try {
        if (asksToken()) await signIn('');
        if (!session) await begin();
        if (staff) kept.set('token', token);
        if (document.hidden) await untilSeen();
        reading = new AbortController();
        if (document.hidden) look = setTimeout(() => reading.abort(), HIDDEN_LOOK_MS);
        const began = Date.now();
        const answer = await ask('GET', `events?after=${cursor}`, undefined, reading.signal);
        if (answer.status === 404) {
          lost();
          failures += 1;
          if (failures > 1) await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
          continue;
        }
        if (!answer.ok) throw Object.assign(new Error('events'), { answer });
        if ([texts.offline, texts.busy].includes($('alert').textContent)) alertText('');
        flush();
        await read(answer.body.getReader(), () => (failures = Date.now() - began < STREAM_MIN_MS ? failures : 0));
        if (state.ended) return;
        if (Date.now() - began < STREAM_MIN_MS) await retry(failures++);
      } catch (error) {
        // Cut off on purpose, to begin anew.
        if (error.name === 'AbortError') continue;
        const status = error.answer?.status;
        if (staff && status === 401) {
          await signIn(texts.token_refused);
          continue;
        }
        alertText(status === 429 || status === 503 ? texts.busy : texts.offline);
        await retry(failures);
        failures += 1;
      } finally {
        clearTimeout(look);
      }
    }
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

  /** Waits before another try; a network that is back ends the wait. */
  function retry(failures) {
    return new Promise((resolve) => {
      const done = () => {
        window.removeEventListener('online', done);
        resolve();
      };
      window.addEventListener('online', done);
      setTimeout(done, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    });
  }

  /** Reads server-sent events until they end. A stream that is silent for too long is a dead one. */
  async function read(reader, onPart) {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const silent = setTimeout(() => reading.abort(), SILENCE_MAX_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silent));
      if (done) return;
      heardAt = Date.now();
      onPart();
      text += decoder.decode(value, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop();
      parts.forEach(event);
    }
  }

  function event(part) {
    const field = (name) => part.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field('data');
    if (!data) return;
    if (field('event') === 'message') show(JSON.parse(data));
    if (field('event') === 'state') apply(JSON.parse(data));
  }

  // ---- What the visitor says

  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

  /** What waits to be sent survives a reload; files do not. */
  function keep() {
    const words = outbox.filter((one) => !one.body.files && !one.failed).map((one) => one.body);
    kept.set('outbox', words.length ? JSON.stringify({ session, words }) : null);
  }

  function forget(one) {
    outbox = outbox.filter((other) => other !== one);
    keep();
  }

  function say(words, names = []) {
    queue({ id: newId(), ...words }, names);
    flush();
  }

  const wordsOf = ({ text, action }) => text ?? { person: texts.person_wanted, desk: texts.back }[action];

  function queue(body, names) {
    if ([texts.too_large, texts.too_many_files].includes($('alert').textContent)) alertText('');
    const shown = bubble('visitor', { text: wordsOf(body), files: names, at: new Date().toISOString() });
    shown.classList.add('pending');
    const note = element('p', 'note', texts.sending);
    shown.append(note);
    withoutChoices();
    $('log').append(shown);
    outbox.push({ id: body.id, body, shown, note, failed: false });
    keep();
    toEnd();
  }

  /** Sends what waits, in its order. */
  async function flush() {
    if (sending || !session) return;
    sending = true;
    try {
      for (let failures = 0; ; ) {
        const next = outbox.find((one) => !one.failed && !one.sent);
        if (!next) break;
        let answer;
        try {
          answer = await ask('POST', 'send', next.body);
        } catch {
          alertText(texts.offline);
          await retry(failures++);
          continue;
        }
        failures = 0;
        if (answer.ok) {
          // Its place in the conversation comes with the events.
          next.sent = true;
          const { number } = await answer.json();
          if (number <= cursor) {
            next.shown.remove();
            forget(next);
          }
        } else if (answer.status === 429 || answer.status === 503) {
          alertText(texts.too_often);
          await pause(1_000 * Math.min(60, Math.max(1, Number(answer.headers.get('retry-after')) || 2)));
          if ($('alert').textContent === texts.too_often) alertText('');
        } else if (staff && answer.status === 401) {
          // The token opens nothing any more: the words are sent once there is another one.
          reading?.abort();
          break;
        } else if (answer.status === 404) {
          // The conversation has been forgotten: the words go into the next one.
          lost();
          reading?.abort();
          break;
        } else {
          await refused(next, answer);
        }
      }
    } finally {
      sending = false;
    }
  }

  async function refused(one, answer) {
    const { code } = await answer.json().catch(() => ({}));
    const why = { TOO_LONG: texts.long, TOO_LARGE: texts.too_large, NO_PERSON: texts.no_person_for_files }[code];
    one.failed = true;
    one.note.textContent = why || texts.not_sent;
    if (code === 'TOO_LONG') {
      isFull = true;
      $('restart').hidden = false;
    }
    // What the server cannot read is not read a second time either.
    if (!why && answer.status >= 500) {
      const again = element('button', '', texts.again);
      again.type = 'button';
      again.addEventListener('click', () => {
        one.failed = false;
        one.note.textContent = texts.sending;
        $('text').focus();
        flush();
      });
      one.note.append(' ', again);
    }
    keep();
  }

  async function attach(files) {
    const all = [...files];
    if (!all.length) return;
    if (all.length > FILES_MAX) return alertText(texts.too_many_files);
    if (all.reduce((bytes, file) => bytes + file.size, 0) > FILE_BYTES_MAX) return alertText(texts.too_large);
    alertText('');
    const base64 = (file) =>
      new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(file);
      });
    // Where Excel is installed, browsers call a CSV file one of Excel's.
    const mime = ({ name, type }) => (/\.csv$/i.test(name) && 'text/csv') || type || (/\.txt$/i.test(name) ? 'text/plain' : 'application/octet-stream');
    const named = ({ name }) => (name.length > FILE_NAME_MAX ? `${name.slice(0, 100)}…${name.slice(-100)}` : name);
    const sent = await Promise.all(all.map(async (file) => ({ name: named(file), mime: mime(file), base64: await base64(file) })));
    say({ text: '', files: sent }, sent.map((file) => file.name));
  }

  function grow() {
    $('text').style.height = 'auto';
    $('text').style.height = `${$('text').scrollHeight + 3}px`;
  }

  // ---- The page that shows this one in a frame

  function tellParent(type) {
    if (window.parent !== window) window.parent.postMessage({ frontdesk: type }, '*');
  }

  window.addEventListener('message', ({ source, origin, data }) => {
    const isKnown = origins.includes(origin) || origin === window.location.origin;
    if (source !== window.parent || !isKnown || typeof data?.frontdesk !== 'string') return;
    if (data.frontdesk === 'open') $('text').focus();
    if (data.frontdesk !== 'hello') return;
    host = origin;
    if (!begun) kept.take(data.kept);
    ready(typeof data.claim === 'string' ? data.claim : null);
  });

  // ---- The beginning

  $('composer').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    const text = $('text').value.trim();
    if (!text) return;
    say({ text });
    $('text').value = '';
    grow();
    $('text').focus();
  });
  $('text').addEventListener('keydown', (pressed) => {
    if (pressed.key !== 'Enter' || pressed.shiftKey || pressed.isComposing) return;
    pressed.preventDefault();
    $('composer').requestSubmit();
  });
  $('text').addEventListener('input', grow);
  $('person').addEventListener('click', () => (say({ action: 'person' }), rest()));
  $('back').addEventListener('click', () => (say({ action: 'desk' }), rest()));
  $('attach').addEventListener('click', () => $('files').click());
  $('files').addEventListener('change', async () => {
    await attach($('files').files);
    $('files').value = '';
    $('text').focus();
  });
  $('restart').addEventListener('click', () => {
    if (!state.ended) ask('POST', 'end').catch(() => {});
    outbox = outbox.filter((one) => !one.failed);
    keep();
    lost();
    alertText('');
    apply({ with: 'desk' });
    open(null);
    $('text').focus();
    follow();
  });
  $('close').addEventListener('click', () => tellParent('close'));
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && embedded) tellParent('close');
  });
  // Another tab has begun another conversation, or ended this one.
  window.addEventListener('storage', ({ key, newValue }) => {
    if (staff || key !== `frontdesk-${path}-session` || !newValue || newValue === session || !isOurs()) return;
    alertText('');
    open(newValue);
    apply({ with: 'desk' });
    follow();
  });
  window.addEventListener('online', () => reading?.abort());
  // A phone that was asleep does not know that its connection has gone.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - heardAt > SILENCE_MAX_MS / 2) reading?.abort();
  });

  /** The address in a claim, unchecked: the server decides whether it is good. */
  function subjectOf(claim) {
    try {
      const payload = claim.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
      return JSON.parse(atob(payload)).email.trim().toLowerCase();
    } catch {
      return claim && 'unreadable';
    }
  }

  const refusedMark = (claim) => `refused ${claim.slice(-16)}`;

  /** What is kept is of whom the host page names here, or of nobody where it names nobody. */
  function isOurs() {
    const known = kept.get('claimed');
    return (known?.startsWith('refused ') ? null : known) === subjectOf(claim);
  }

  function ready(given) {
    if (begun) return;
    begun = true;
    claim = given;
    session = kept.get('session');
    token = staff ? kept.get('token') : null;
    // A conversation belongs to whom the host page has named, or to nobody: another one begins anew.
    // A claim that was refused before is nobody's, and its conversation goes on.
    if (claim && kept.get('claimed') === refusedMark(claim)) claim = null;
    else if (!isOurs()) {
      session = null;
      kept.set('session', null);
      kept.set('claimed', subjectOf(claim));
    }
    const unsent = JSON.parse(kept.get('outbox') ?? 'null');
    if (session && unsent?.session === session) {
      unsent.words.forEach((body) => queue(body, []));
    }
    follow();
  }

  if (embedded && window.parent !== window) {
    $('close').hidden = false;
    tellParent('ready');
    // A host page that does not answer has no claim to make.
    setTimeout(() => ready(null), 3_000);
  } else {
    ready(null);
    if (!matchMedia('(pointer: coarse)').matches) $('text').focus();
  }
})();

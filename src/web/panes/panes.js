// The three sides: the customer's chat in a frame, the help desk of a colleague, and the account as it changes. Every text from outside
// goes in as text, never as HTML.
(() => {
  'use strict';

  const $ = (id) => document.getElementById(id);
  const { token } = JSON.parse($('settings').textContent);
  const LOOK_EVERY_MS = 700;
  const LOST = 'The server does not answer. This page goes on when it does.';
  const KINDS = { companies: 'company', communications: 'chat' };
  const AUTHORS = { customer: 'Customer', assistant: 'Assistant', colleague: 'Colleague', note: 'Internal note' };

  let version = '';
  let view = null;
  let opened = null;
  let known = null;
  let thread = '';

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (text !== undefined) made.dir = 'auto';
    return made;
  }

  function alertText(text) {
    if ($('alert').textContent !== text) $('alert').textContent = text;
  }

  async function ask(method, route, body) {
    const headers = { 'x-page-token': token };
    if (body) headers['content-type'] = 'application/json';
    return fetch(`/sandbox/api/${route}`, { method, headers, cache: 'no-store', body: body && JSON.stringify(body) });
  }

  // ---- The help desk

  const keyOf = (item) => `${item.kind}/${item.id}`;
  const current = () => view?.inbox.find((item) => keyOf(item) === opened);
  const subjectOf = (item) => item.title || 'Without a subject';

  /** True if no colleague has written since the customer asked for a person or wrote. */
  function waitsForAnswer(item) {
    const last = item.messages.filter((message) => message.from !== 'note').at(-1);
    return item.open && item.hand_off && last?.from !== 'colleague';
  }

  function inbox() {
    const focused = document.activeElement?.dataset?.key;
    const rows = view.inbox.map((item) => {
      const isWaiting = waitsForAnswer(item);
      const row = element('li', [item.open ? '' : 'closed', isWaiting ? 'waits' : ''].join(' ').trim());
      const button = element('button');
      button.type = 'button';
      button.dataset.key = keyOf(item);
      button.setAttribute('aria-pressed', String(keyOf(item) === opened));
      const title = element('span', 'title', item.customer || subjectOf(item));
      if (isWaiting) title.append(element('span', 'hidden', ', waits for an answer'));
      const more = [item.customer ? subjectOf(item) : '', item.stage, item.owner].filter(Boolean).join(' · ');
      button.append(title, element('span', 'more', more));
      button.addEventListener('click', () => open(keyOf(item)));
      row.append(button);
      return row;
    });
    $('inbox').replaceChildren(...rows);
    if (focused) $('inbox').querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  function open(key) {
    opened = key;
    inbox();
    conversation(true);
  }

  function conversation(isNew) {
    const item = current();
    $('opened').hidden = !item;
    if (!item) return;
    const title = item.customer || item.title;
    if ($('opened-title').textContent !== title) $('opened-title').textContent = title;
    $('opened-state').textContent = [item.stage, item.owner].filter(Boolean).join(' · ');
    $('take').disabled = !item.open;
    $('close').disabled = !item.open;
    $('send').disabled = !item.open;
    $('back').hidden = !view.autopilot || item.kind !== 'thread';
    appendMessages($('messages'), item.messages, isNew);
  }

  function appendMessages(log, messages, isNew) {
    const follows = isNew || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    if (isNew || log.children.length > messages.length) log.replaceChildren();
    // What is there stays, so that a screen reader reads out only what is new.
    for (const said of messages.slice(log.children.length)) {
      const made = element('article', said.from);
      made.append(element('p', 'by', [AUTHORS[said.from], said.by].filter(Boolean).join(': ')), element('p', 'words', said.text));
      log.append(made);
    }
    if (follows) log.scrollTop = log.scrollHeight;
  }

  async function act(action, text = '') {
    const item = current();
    if (!item) return false;
    return Boolean(await post('act', { act: action, kind: item.kind, id: item.id, owner: $('colleague').value, text }));
  }

  /** Posts to the page's interface; what was answered, or nothing if it was not done. */
  async function post(route, body) {
    try {
      const answer = await ask('POST', route, body);
      const told = await answer.json().catch(() => ({}));
      alertText(answer.ok ? '' : told.message ? `That was not done: ${told.message}.` : LOST);
      return answer.ok ? told : null;
    } catch {
      alertText(LOST);
      return null;
    }
  }

  $('answer').addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    const words = $('words').value.trim();
    if (!words || $('send').disabled) return;
    $('send').disabled = true;
    if (await act('answer', words)) $('words').value = '';
    $('send').disabled = false;
    $('words').focus();
  });
  $('words').addEventListener('keydown', (pressed) => {
    if (pressed.key !== 'Enter' || pressed.shiftKey || pressed.isComposing) return;
    pressed.preventDefault();
    $('answer').requestSubmit();
  });
  $('take').addEventListener('click', () => act('take'));
  $('close').addEventListener('click', () => act('close'));
  $('back').addEventListener('click', () => act('give_back'));

  // ---- The customer, in HubSpot's own inbox

  function inboxThread() {
    if (!view) return;
    $('own-inbox').hidden = !view.autopilot;
    const item = view.inbox.find((one) => one.kind === 'thread' && one.id === thread);
    appendMessages($('thread-messages'), (item?.messages ?? []).filter((said) => said.from !== 'note'), false);
  }

  $('ask').addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    const words = $('question').value.trim();
    if (!words || $('post').disabled) return;
    $('post').disabled = true;
    const written = await post('write', { text: words, id: thread });
    if (written) {
      thread = written.id;
      $('question').value = '';
    }
    $('post').disabled = false;
    $('question').focus();
  });

  function colleagues() {
    const all = view.colleagues;
    if ($('colleague').options.length === all.length) return;
    $('colleague').replaceChildren(...all.map(({ owner, name }) => new Option(name, owner)));
    $('colleague').value = all.at(-1)?.owner ?? '';
  }

  // ---- HubSpot

  function decisions() {
    const rows = view.decisions.map((turn) => {
      const row = element('li');
      row.append(element('p', 'said', `“${turn.said}”`));
      const calls = element('ul');
      for (const call of turn.calls) {
        const line = element('li', call.failed ? 'failed' : '');
        line.append(element('code', '', call.tool), ' ', element('span', '', call.with));
        if (call.outcome) line.append(' ', element('span', 'outcome', `→ ${call.outcome}`));
        calls.append(line);
      }
      if (turn.calls.length) row.append(calls);
      row.append(element('p', 'kind', `${turn.brain} brain · replied “${turn.reply}”`));
      return row;
    });
    $('decisions').replaceChildren(...rows);
    if (!rows.length) $('decisions').append(element('li', 'kind', 'None yet: write something as the customer.'));
  }

  const singular = (kind) => KINDS[kind] ?? kind.replace(/s$/, '');

  function feed() {
    const before = known;
    known = new Map(view.feed.map((one) => [one.key, one.updated]));
    const rows = view.feed.map((one) => {
      const row = element('li', before && before.get(one.key) !== one.updated ? 'fresh' : '');
      const head = [singular(one.kind), one.changed ? 'changed' : '', one.of].filter(Boolean).join(' · ');
      row.append(element('p', 'kind', head), element('p', '', one.title || one.key));
      if (one.detail) row.append(element('p', 'kind', one.detail));
      return row;
    });
    $('feed').replaceChildren(...rows);
    const counts = Object.entries(view.counts).filter(([, number]) => number > 0);
    $('counts').textContent = counts.map(([kind, number]) => `${number} ${number === 1 ? singular(kind) : kind}`).join(', ');
  }

  function requests() {
    const { spent, newest } = view.requests;
    $('spent').textContent = `${spent} ${spent === 1 ? 'request' : 'requests'} spent`;
    const rows = newest.map((one) => {
      const row = element('li');
      row.append(element('code', '', `${one.method} ${one.path} ${one.status ?? '…'}`));
      return row;
    });
    $('requests').replaceChildren(...rows);
  }

  // ---- What is new

  function show(next) {
    view = next;
    version = next.version;
    colleagues();
    const waits = view.inbox.find((item) => item.open && item.hand_off);
    if (!current()) opened = waits ? keyOf(waits) : null;
    inbox();
    conversation(false);
    inboxThread();
    decisions();
    feed();
    requests();
  }

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await ask('GET', `view?known=${encodeURIComponent(version)}`);
      if (answer.status === 401) {
        // The server has started anew, and with it the page's token.
        window.location.reload();
        return;
      }
      if (answer.status === 200) show(await answer.json());
      if ($('alert').textContent === LOST) alertText('');
    } catch {
      alertText(LOST);
    }
  }

  async function follow() {
    for (;;) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Forgets what the chat in the frame has stored: it is of this origin. */
  function forgetCustomer() {
    try {
      for (const storage of [localStorage, sessionStorage]) {
        const names = Object.keys(storage).filter((name) => name.startsWith('frontdesk-chat-'));
        names.forEach((name) => storage.removeItem(name));
      }
    } catch {
      // Then the frame has no storage either.
    }
  }

  $('another').addEventListener('click', () => {
    thread = '';
    inboxThread();
    forgetCustomer();
    $('chat').contentWindow.location.reload();
  });

  follow();
})();

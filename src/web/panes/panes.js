// The three sides: the customer's chat in a frame, a colleague's inbox, and the account as it changes. Every text from outside
// goes in as text, never as HTML.
(() => {
  'use strict';

  const $ = (id) => document.getElementById(id);
  const { token } = JSON.parse($('settings').textContent);
  const LOOK_EVERY_MS = 700;
  const LOST = 'The server does not answer. This page goes on when it does.';
  const KINDS = { companies: 'company', communications: 'chat' };
  const AUTHORS = { customer: 'Customer', assistant: 'Assistant', colleague: 'Colleague', note: 'Among colleagues' };

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

  // ---- A colleague

  const keyOf = (item) => `${item.kind}/${item.id}`;
  const current = () => view?.inbox.find((item) => keyOf(item) === opened);

  function inbox() {
    const focused = document.activeElement?.dataset?.key;
    const rows = view.inbox.map((item) => {
      const row = element('li', [item.open ? '' : 'closed', item.open && item.hand_off && !item.owner ? 'waits' : ''].join(' ').trim());
      const button = element('button');
      button.type = 'button';
      button.dataset.key = keyOf(item);
      button.setAttribute('aria-pressed', String(keyOf(item) === opened));
      button.append(element('span', 'title', item.title || 'Without a subject'));
      const more = [item.customer, item.stage, item.owner].filter(Boolean).join(' · ');
      button.append(element('span', 'more', more));
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
    append($('messages'), item.messages, isNew);
  }

  function append(log, messages, isNew) {
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

  async function act(deed, text = '') {
    const item = current();
    if (!item) return false;
    return Boolean(await tell('act', { act: deed, kind: item.kind, id: item.id, owner: $('colleague').value, text }));
  }

  // What was answered, or nothing if it was not done.
  async function tell(route, body) {
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

  function letters() {
    if (!view) return;
    $('mail').hidden = !view.autopilot;
    const item = view.inbox.find((one) => one.kind === 'thread' && one.id === thread);
    append($('letters'), (item?.messages ?? []).filter((said) => said.from !== 'note'), false);
  }

  $('ask').addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    const words = $('question').value.trim();
    if (!words || $('post').disabled) return;
    $('post').disabled = true;
    const written = await tell('write', { text: words, id: thread });
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
    if (!rows.length) $('decisions').append(element('li', 'kind', 'None yet: write as the customer.'));
  }

  function feed() {
    const before = known;
    known = new Map(view.feed.map((one) => [one.key, one.updated]));
    const rows = view.feed.map((one) => {
      const row = element('li', before && before.get(one.key) !== one.updated ? 'fresh' : '');
      const head = [KINDS[one.kind] ?? one.kind.replace(/s$/, ''), one.changed ? 'changed' : '', one.of].filter(Boolean).join(' · ');
      row.append(element('p', 'kind', head), element('p', '', one.title || one.key));
      if (one.detail) row.append(element('p', 'kind', one.detail));
      return row;
    });
    $('feed').replaceChildren(...rows);
    const counts = Object.entries(view.counts).filter(([, number]) => number > 0);
    $('counts').textContent = counts.map(([kind, number]) => `${number} ${kind}`).join(', ');
  }

  function requests() {
    const { spent, newest } = view.requests;
    $('spent').textContent = `${spent} requests spent`;
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
    letters();
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

  $('another').addEventListener('click', () => {
    thread = '';
    letters();
    try {
      localStorage.removeItem('frontdesk-chat-session');
      localStorage.removeItem('frontdesk-chat-outbox');
    } catch {
      // Then the frame has no storage either.
    }
    $('chat').contentWindow.location.reload();
  });

  follow();
})();

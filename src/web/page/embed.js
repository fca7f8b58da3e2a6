// Puts the chat on a page: a button, and a frame that holds its own conversation.
//
//   <script src="https://desk.example.com/chat.js" async></script>
//
// data-language chooses the language, data-claim passes on who the visitor is, as the page's server has signed it.
(() => {
  'use strict';

  const script = document.currentScript;
  const source = new URL(script.src);
  const origin = source.origin;
  const address = new URL('chat', source);
  const asked = script.dataset.language || document.documentElement.lang;
  const language = ['en', 'da', 'fr', 'it', 'de'].find((code) => asked?.toLowerCase().split(/[-_]/)[0] === code);
  address.searchParams.set('embed', '1');
  if (language) address.searchParams.set('language', language);
  const words = {
    en: ['Open the chat', 'Close the chat', 'Chat', 'New message'],
    da: ['Åbn chatten', 'Luk chatten', 'Chat', 'Ny besked'],
    fr: ['Ouvrir le chat', 'Fermer le chat', 'Chat', 'Nouveau message'],
    it: ['Apri la chat', 'Chiudi la chat', 'Chat', 'Nuovo messaggio'],
    de: ['Chat öffnen', 'Chat schließen', 'Chat', 'Neue Nachricht'],
  }[language ?? 'en'];
  const colour = /^#[0-9a-f]{6}$/i.test(script.dataset.colour ?? '') ? script.dataset.colour : '#1b4f9c';

  const style = (element, rules) => Object.assign(element.style, rules);
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  // The page's own styles do not reach in, and the chat's do not reach out.
  style(host, { all: 'initial', position: 'fixed', right: '0', bottom: '0', zIndex: '2147483000' });

  const button = document.createElement('button');
  button.type = 'button';
  style(button, {
    position: 'fixed', right: '16px', bottom: '16px', width: '60px', height: '60px', padding: '0', border: '0',
    borderRadius: '50%', background: colour, color: light(colour) ? '#000' : '#fff', cursor: 'pointer',
    boxShadow: '0 2px 12px rgba(0,0,0,.3)', display: 'grid', placeItems: 'center',
  });
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('aria-hidden', 'true');
  style(drawing, { width: '28px', height: '28px', fill: 'none', stroke: 'currentColor', strokeWidth: '2', strokeLinecap: 'round', strokeLinejoin: 'round' });
  drawing.append(path);
  const dot = document.createElement('span');
  style(dot, { position: 'absolute', right: '2px', top: '2px', width: '16px', height: '16px', borderRadius: '50%', background: '#c8102e', border: '2px solid #fff', boxSizing: 'border-box', display: 'none' });
  button.append(drawing, dot);

  const panel = document.createElement('div');
  let frame = null;
  let isOpen = false;
  let isReady = false;
  root.append(panel, button);

  function light(hex) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return (red * 299 + green * 587 + blue * 114) / 1000 > 150;
  }

  function place() {
    const isNarrow = window.innerWidth < 480;
    style(panel, {
      position: 'fixed', display: isOpen ? 'block' : 'none', overflow: 'hidden', background: 'Canvas',
      inset: isNarrow ? '0' : 'auto 16px 88px auto', width: isNarrow ? '100%' : '400px',
      height: isNarrow ? '100%' : 'min(640px, calc(100vh - 120px))', borderRadius: isNarrow ? '0' : '16px',
      boxShadow: '0 4px 24px rgba(0,0,0,.3)',
    });
    button.style.display = isOpen && isNarrow ? 'none' : 'grid';
  }

  function show(opens) {
    isOpen = opens;
    if (opens && !frame) {
      frame = document.createElement('iframe');
      frame.title = words[2];
      frame.src = address.href;
      frame.allow = '';
      style(frame, { width: '100%', height: '100%', border: '0', display: 'block' });
      panel.append(frame);
    }
    place();
    path.setAttribute('d', opens ? 'M6 6l12 12M18 6L6 18' : 'M21 11.500a8.400 8.400 0 01-12 7.600L3 21l1.900-6A8.500 8.500 0 1121 11.500z');
    button.setAttribute('aria-expanded', String(opens));
    if (opens) {
      dot.style.display = 'none';
      frame.focus();
      if (isReady) tell({ frontdesk: 'open' });
    } else {
      button.focus();
    }
    label();
  }

  function label() {
    const isNew = dot.style.display !== 'none';
    button.setAttribute('aria-label', [words[isOpen ? 1 : 0], isNew ? words[3] : ''].filter(Boolean).join(', '));
  }

  // A browser that gives a frame of another site no storage gives this page some, for its tab.
  const name = `frontdesk-chat ${address.origin}${address.pathname}`;

  function keep(all) {
    try {
      sessionStorage.setItem(name, JSON.stringify(all));
    } catch {
      // Then the conversation lasts as long as the page.
    }
  }

  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  }

  const tell = (data) => frame?.contentWindow?.postMessage(data, origin);

  window.addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const said = event.data?.frontdesk;
    if (said === 'ready') {
      isReady = true;
      tell({ frontdesk: 'hello', claim: script.dataset.claim, kept: kept() });
      if (isOpen) tell({ frontdesk: 'open' });
    }
    if (said === 'keep') keep(event.data.kept);
    if (said === 'close') show(false);
    if (said === 'message' && !isOpen) {
      dot.style.display = 'block';
      label();
    }
  });
  button.addEventListener('click', () => show(!isOpen));
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && isOpen && show(false));
  window.addEventListener('resize', place);

  place();
  path.setAttribute('d', 'M21 11.500a8.400 8.400 0 01-12 7.600L3 21l1.900-6A8.500 8.500 0 1121 11.500z');
  button.setAttribute('aria-expanded', 'false');
  label();
  // In the head of a page, and with `async`, this may run before there is a body.
  const put = () => document.body.append(host);
  if (document.body) put();
  else document.addEventListener('DOMContentLoaded', put, { once: true });
})();

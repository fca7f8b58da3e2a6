// The entries that outlive a reload: in the browser's storage or, where that is closed to a frame, in the page around it.

// The origin of the page around this one, once it has shown that it is a known one.
let hostOrigin = null;

const storage = (() => {
  const memory = new Map();
  let shared = null;
  let ofTab = null;
  try {
    ofTab = window.sessionStorage;
    // What staff see is kept in their tab alone.
    shared = staff ? ofTab : window.localStorage;
    shared.setItem('frontdesk-chat-try', '1');
    shared.removeItem('frontdesk-chat-try');
  } catch {
    shared = null;
  }
  // What is written in one tab is not that of another.
  const OF_TAB = ['outbox', 'draft'];
  const OF_HOST = ['session', 'claimed', 'outbox'];
  const place = (name) => (OF_TAB.includes(name) ? ofTab : shared);
  const keyOf = (name) => `frontdesk-${path}-${name}`;
  return {
    isShared: Boolean(shared) && !staff,
    keyOf,
    get: (name) => (shared ? place(name).getItem(keyOf(name)) : memory.get(name)) ?? null,
    set(name, value) {
      try {
        if (shared && value === null) place(name).removeItem(keyOf(name));
        else if (shared) place(name).setItem(keyOf(name), value);
      } catch {
        // A full storage: what is not stored is lost to a reload alone.
      }
      if (shared || !OF_HOST.includes(name)) return;
      memory.set(name, value);
      if (hostOrigin) window.parent.postMessage({ frontdesk: 'keep', kept: Object.fromEntries(memory) }, hostOrigin);
    },
    /** Takes back what the page around this one has stored. */
    restore(all) {
      if (shared) return;
      OF_HOST.filter((name) => typeof all?.[name] === 'string').forEach((name) => memory.set(name, all[name]));
    },
  };
})();

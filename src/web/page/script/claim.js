// The claim of the page around this one about who its visitor is, and whose the stored conversation is.

let claim = null;

const refusedMark = (claim) => `refused ${claim.slice(-16)}`;

/** The address in a claim, unchecked: the server decides whether it is good. */
function subjectOf(claim) {
  try {
    const payload = claim.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(atob(payload)).email.trim().toLowerCase();
  } catch {
    return claim && 'unreadable';
  }
}

/** True if what is stored is of whom the host page names, or of nobody where it names nobody. */
function isOurs() {
  const known = storage.get('claimed');
  return (known?.startsWith('refused ') ? null : known) === subjectOf(claim);
}

/** Takes the host page's claim. What is stored of somebody else is forgotten, and another conversation begins. */
function takeClaim(given) {
  // A claim that was refused before is nobody's, and its conversation continues.
  const wasRefused = given && storage.get('claimed') === refusedMark(given);
  claim = wasRefused ? null : given;
  if (wasRefused || isOurs()) return;
  ['session', 'outbox', 'draft'].forEach((name) => storage.set(name, null));
  storage.set('claimed', subjectOf(claim));
}

/** The server does not believe the claim: the visitor is nobody whom it knows. */
function dropClaim() {
  storage.set('claimed', refusedMark(claim));
  claim = null;
}

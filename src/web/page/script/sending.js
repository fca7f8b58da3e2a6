// Messages are sent one after the other, each until the server has taken or refused it.

function send(words, fileNames = []) {
  clearAlert('input');
  addToOutbox({ id: newId(), ...words }, fileNames);
  sendOutbox();
}

let isSending = false;

async function sendOutbox() {
  if (isSending) return;
  isSending = true;
  try {
    for (let failures = 0; current.session; ) {
      const item = outbox.find(waits);
      if (!item) break;
      const conversation = current;
      const answer = await request(conversation.session, 'POST', 'send', { body: item.body }).catch(() => null);
      const told = await answer?.json().catch(() => ({}));
      // It belongs to a conversation that is not shown any more; the message is sent in the one that is.
      if (conversation !== current) continue;
      if (!answer) {
        showAlert(texts.offline, 'network');
        await backOff(failures++);
        continue;
      }
      failures = 0;
      if (!(await settle(item, answer, told))) break;
    }
  } finally {
    isSending = false;
  }
}

/** Acts on the answer to a message; false if nothing more can be sent until events are followed again. */
async function settle(item, answer, told) {
  const { status } = answer;
  if (answer.ok) {
    // Its place in the conversation comes with the events.
    item.status = 'sent';
    if (told.number <= current.cursor) removeFromOutbox(item);
    return true;
  }
  if (status === 429 || status === 503) {
    showAlert(texts.too_often, 'rate');
    await pause(1_000 * Math.min(60, Math.max(1, Number(answer.headers.get('retry-after')) || 2)));
    clearAlert('rate');
    return true;
  }
  if (status === 404) forgetConversation();
  // The secret or the token opens nothing any more: the words are sent once there is another one.
  if (status === 404 || (staff && status === 401)) {
    followAnew();
    return false;
  }
  markRefused(item, told.code);
  if (told.code === 'TOO_LONG') markFull();
  // What the server cannot read is not read a second time either.
  if (status >= 500 && !reasonOf(told.code)) offerAgain(item);
  return true;
}

/** Sends files to the person who has the conversation. */
async function attach(files) {
  const all = [...files];
  if (!all.length) return;
  if (all.length > FILES_MAX) return showAlert(texts.too_many_files, 'input');
  if (all.reduce((bytes, file) => bytes + file.size, 0) > FILE_BYTES_MAX) return showAlert(texts.too_large, 'input');
  const read = await Promise.all(all.map(async (file) => ({ name: nameOf(file), mime: mimeOf(file), base64: await base64Of(file) })));
  send({ text: '', files: read }, read.map((file) => file.name));
}

const nameOf = ({ name }) => (name.length > FILE_NAME_MAX ? `${name.slice(0, 100)}…${name.slice(-100)}` : name);

// Where Excel is installed, browsers call a CSV file one of Excel's.
const mimeOf = ({ name, type }) =>
  (/\.csv$/i.test(name) && 'text/csv') || type || (/\.txt$/i.test(name) ? 'text/plain' : 'application/octet-stream');

function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// The settings and texts that the server has written into the page, and the limits of the script.
//
// The server joins the files of this folder into one script, in one function: a file uses the names of those before it when
// it is read, and of all of them when it is called.

const $ = (id) => document.getElementById(id);
const { texts, origins, embedded, staff, path } = JSON.parse($('settings').textContent);
const language = document.documentElement.lang;
const isFramed = embedded && window.parent !== window;

const MESSAGE_CHARACTERS_MAX = 4_000;
const FILE_BYTES_MAX = 1_000_000;
const FILES_MAX = 5;
const FILE_NAME_MAX = 255;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

document.documentElement.classList.add('js');
document.documentElement.classList.toggle('embedded', isFramed);

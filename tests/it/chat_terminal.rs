//! `frontdesk chat` in a pseudo-terminal, and unattended from a file and a pipe.

use std::fs;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::binary::{frontdesk, soon};

/// The binary in a terminal of its own.
#[cfg(unix)]
pub(crate) mod terminal {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::process::Stdio;
    use std::sync::mpsc::{Receiver, channel};
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use tokio::process::{Child, Command};

    use crate::binary::frontdesk;

    const WAIT_MAX: Duration = Duration::from_secs(60);

    pub(crate) struct Terminal {
        pub(crate) child: Child,
        keys: File,
        shown: Receiver<Vec<u8>>,
        seen: String,
    }

    impl Terminal {
        pub(crate) fn open(arguments: &[&str]) -> Terminal {
            Terminal::run(frontdesk(arguments))
        }

        /// The same with this command.
        pub(crate) fn run(mut command: Command) -> Terminal {
            let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&near).unwrap();
            unlockpt(&near).unwrap();
            let name = ptsname(&near, vec![]).unwrap();
            let far = || -> Stdio {
                let end = rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
                File::from(end).into()
            };
            let child = command.env("TERM", "xterm").stdin(far()).stdout(far()).stderr(far()).spawn().unwrap();
            let keys = File::from(near);
            let mut screen = keys.try_clone().unwrap();
            let (sender, shown) = channel();
            thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(count @ 1..) = screen.read(&mut bytes) {
                    if sender.send(bytes[..count].to_vec()).is_err() {
                        return;
                    }
                }
            });
            Terminal { child, keys, shown, seen: String::new() }
        }

        pub(crate) fn press(&mut self, keys: &str) {
            self.send(keys.as_bytes());
        }

        /// Sends bytes, which need not be text.
        pub(crate) fn send(&mut self, bytes: &[u8]) {
            self.keys.write_all(bytes).unwrap();
        }

        /// Waits until this is shown, after what was waited for before.
        pub(crate) fn wait_for(&mut self, text: &str) {
            let until = Instant::now() + WAIT_MAX;
            loop {
                if let Some(at) = self.seen.find(text) {
                    self.seen.drain(..at + text.len());
                    return;
                }
                let left = until.saturating_duration_since(Instant::now());
                let bytes = self.shown.recv_timeout(left).unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.seen));
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_person_talks_in_a_terminal_with_editing_history_and_commands() {
    let mut terminal = terminal::Terminal::open(&["chat", "--sandbox"]);
    terminal.wait_for("A person, please");
    terminal.wait_for("You > ");
    terminal.press("/hepl\u{7f}\u{7f}lp\r"); // The typing error is taken back.
    terminal.wait_for("/restart");
    terminal.wait_for("You > ");
    terminal.press("\u{1b}[A\r"); // The line before, from the history.
    terminal.wait_for("/whoami");
    terminal.wait_for("You > ");
    terminal.press("/whoami\r");
    terminal.wait_for("You are the operator");
    terminal.press("How much is the Adam?\r");
    terminal.wait_for("search_documents");
    terminal.wait_for("There is no fixed price list.");
    terminal.wait_for("1. Yes");
    terminal.wait_for("You > ");
    terminal.press("/person\r");
    terminal.wait_for("what is your e-mail address?");
    terminal.wait_for("You > ");
    terminal.press("/restart\r");
    terminal.wait_for("Hello! Welcome to Richtech.");
    terminal.wait_for("You > ");
    terminal.press("half a line\u{3}");
    terminal.wait_for("Ctrl-C once more leaves.");
    terminal.wait_for("You > ");
    terminal.press("\u{3}");
    let status = soon(terminal.child.wait()).await.unwrap();
    assert_eq!(status.code(), Some(0));
}

/// A terminal in Latin-1 sends `é` as one byte, which is no text: it is replaced, as in a pipe, and the talk goes on.
#[cfg(unix)]
#[tokio::test]
async fn a_byte_that_is_no_text_does_not_end_the_talk() {
    let mut terminal = terminal::Terminal::open(&["chat", "--sandbox"]);
    terminal.wait_for("You > ");
    terminal.press("/caf");
    terminal.wait_for("/caf");
    terminal.send(b"\xff");
    terminal.wait_for("/caf\u{fffd}");
    terminal.press("\u{7f}\u{7f}\u{7f}\u{7f}whoami\r"); // What was typed before is still there.
    terminal.wait_for("You are the operator");
    terminal.wait_for("You > ");
    terminal.send(b"\xe9 bin"); // The first byte of a longer character, which does not follow.
    terminal.wait_for("\u{fffd}");
    terminal.press("\r");
    terminal.wait_for("1. ");
    terminal.wait_for("You > ");
    terminal.press("/quit\r");
    assert_eq!(soon(terminal.child.wait()).await.unwrap().code(), Some(0));
}

/// A turn that a model keeps waiting is ended by Ctrl-C, and the program goes on.
#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_the_turn_and_then_the_program() {
    use rustix::process::{Pid, Signal, kill_process};
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", silent.local_addr().unwrap());
    let mut terminal = terminal::Terminal::open(&[
        "chat",
        "--sandbox",
        "--model-url",
        &url,
        "--model",
        "silent",
        "--window-messages",
        "3",
    ]);
    let pid = Pid::from_raw(i32::try_from(terminal.child.id().unwrap()).unwrap()).unwrap();
    terminal.wait_for("You > ");
    terminal.press("hello\r");
    let (_stream, _) = soon(silent.accept()).await.unwrap();
    kill_process(pid, Signal::INT).unwrap();
    terminal.wait_for("Stopped.");
    terminal.wait_for("You > ");
    terminal.press("\u{3}");
    assert_eq!(soon(terminal.child.wait()).await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_script_ends_with_an_exit_code_and_leaves_a_transcript() {
    let folder = tempfile::tempdir().unwrap();
    let (script, transcript) = (folder.path().join("lines.txt"), folder.path().join("talk.jsonl"));
    fs::write(&script, "I have an issue in installing the DUST-E robot\nsarah@gmail.com\nyes\nthanks\n").unwrap();
    let arguments =
        ["chat", "--sandbox", "--script", script.to_str().unwrap(), "--transcript", transcript.to_str().unwrap()];
    let done = soon(frontdesk(&arguments).output()).await.unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{printed}");
    assert!(printed.contains("You > sarah@gmail.com") && printed.contains("I have opened ticket"), "{printed}");
    assert!(!printed.contains('\u{1b}'), "no colours in a file");
    let lines: Vec<Value> =
        fs::read_to_string(&transcript).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 9, "a greeting, and four messages with their replies: {lines:#?}");
    assert_eq!((&lines[1]["author"], &lines[8]["author"]), (&"visitor".into(), &"desk".into()));
    assert!(lines[6]["calls"].as_array().unwrap().iter().any(|call| call["tool"] == "create_ticket"), "{lines:#?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&transcript).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_pipe_is_read_to_its_end_whatever_stands_in_it() {
    let mut child =
        frontdesk(&["chat", "--sandbox", "--claimed"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let garbage = [b"\xff\xfe\x00\n".as_slice(), &vec![b'x'; 300_000], b"\n\n/whoami\nnever ended"].concat();
    soon(input.write_all(&garbage)).await.unwrap();
    drop(input);
    let done = soon(child.wait_with_output()).await.unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{printed}");
    assert!(printed.contains("Nobody knows who you are"), "{printed}");
}

#[tokio::test]
async fn what_cannot_be_used_is_said_before_anybody_talks() {
    let folder = tempfile::tempdir().unwrap();
    let persona = folder.path().join("persona.toml");
    fs::write(&persona, "mood = 1").unwrap();
    for (arguments, said) in [
        (vec!["--graph", "nothing"], "there is no taskgraph `nothing`; there are `hubspot`, `frontdesk`, `contacts`"),
        (vec!["--script", "/nowhere/lines.txt"], "--script /nowhere/lines.txt"),
        (vec!["--persona", persona.to_str().unwrap()], "unknown field `mood`"),
    ] {
        let line = [vec!["chat", "--sandbox"], arguments].concat();
        let done = soon(frontdesk(&line).stdin(Stdio::null()).output()).await.unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && error.contains(said), "{line:?}: {error}");
    }
}

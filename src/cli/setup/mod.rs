//! `frontdesk setup`: writes this server into an MCP client's configuration, and touches nothing else there.

pub mod clients;
pub mod merge;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::config::SetupSettings;
use clients::Machine;
use merge::Entry;

/// A longer file is no configuration.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Copies beside one file; somebody who has more should look at them.
const BACKUPS_MAX: usize = 999;
/// As long a name as clients take.
const NAME_CHARACTERS_MAX: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{0}` is not a server's name: expected 1 to 64 letters, digits, `_` and `-`")]
    Name(String),
    #[error("Claude Desktop has no configuration of a project: leave out `--project`")]
    NoProject,
    #[error("the path of this program or of the person's home folder cannot be told")]
    Machine,
    #[error("`{0}` was left as it is: {1}")]
    Refused(PathBuf, merge::Error),
    #[error("`{0}` was left as it is: it was changed by somebody else just now; try again")]
    Changed(PathBuf),
    #[error("`{0}` was left as it is: there are already {BACKUPS_MAX} copies beside it")]
    Backups(PathBuf),
    #[error("`{0}`: {1}")]
    File(PathBuf, io::Error),
}

/// Does it, or with `dry_run` shows it, and says on `out` what was done and what is left to do.
pub fn run(settings: &SetupSettings, sandbox: bool, machine: &Machine, out: &mut impl Write) -> Result<(), Error> {
    if !is_name(&settings.name) {
        return Err(Error::Name(settings.name.clone()));
    }
    let client = settings.client;
    let file =
        settings.file.clone().or_else(|| clients::file(client, settings.project, machine)).ok_or(Error::NoProject)?;
    let token = !sandbox;
    let entry = clients::entry(client, &settings.name, &machine.program, &arguments(settings, sandbox), token);
    let entry = entry.ok_or(Error::Machine)?;
    let said = match settings.dry_run {
        true => format!("This would go into {}:\n{:#}\n", file.display(), alone(&entry)),
        false => write(&file, &entry, clients::dialect(client))?.said(&settings.name, &file),
    };
    let next = clients::next_step(client, token);
    writeln!(out, "{said}{next}").map_err(|error| Error::File(PathBuf::from("standard output"), error))
}

fn arguments(settings: &SetupSettings, sandbox: bool) -> Vec<String> {
    let flag = sandbox.then(|| "--sandbox".to_owned());
    ["stdio".to_owned()].into_iter().chain(flag).chain(settings.arguments.iter().cloned()).collect()
}

fn is_name(name: &str) -> bool {
    (1..=NAME_CHARACTERS_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The entry in a file of its own: what a dry run shows, so that no other server's secrets reach the terminal.
fn alone(entry: &Entry) -> serde_json::Value {
    let text = merge::merged("", entry, merge::Dialect::Json).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// What became of the file.
enum Done {
    Created,
    Changed { backup: PathBuf },
    WasThere,
}

impl Done {
    fn said(&self, name: &str, file: &Path) -> String {
        let file = file.display();
        match self {
            Done::Created => format!("Wrote `{name}` into the new file {file}.\n"),
            Done::Changed { backup } => {
                format!("Wrote `{name}` into {file}; the file as it was is {}.\n", backup.display())
            }
            Done::WasThere => format!("`{name}` stands in {file} already; nothing was changed.\n"),
        }
    }
}

fn write(file: &Path, entry: &Entry, dialect: merge::Dialect) -> Result<Done, Error> {
    // Whoever keeps a link to the file elsewhere keeps the link.
    let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let before = read(&real)?;
    let text = before.as_deref().unwrap_or_default();
    let after = merge::merged(text, entry, dialect).map_err(|problem| Error::Refused(file.to_owned(), problem))?;
    if before.as_deref() == Some(&after) {
        return Ok(Done::WasThere);
    }
    let done = match before.is_some() {
        true => Done::Changed { backup: back_up(&real)? },
        false => Done::Created,
    };
    replace(&real, &after, before.as_deref())?;
    Ok(done)
}

/// `None` where there is no such file.
fn read(file: &Path) -> Result<Option<String>, Error> {
    let failed = |error| Error::File(file.to_owned(), error);
    let opened = match fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    let length = opened.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    match length as u64 > FILE_BYTES_MAX {
        true => Err(failed(io::Error::other(format!("it is longer than {FILE_BYTES_MAX} bytes")))),
        false => Ok(Some(text)),
    }
}

/// Copies the file to the first free name beside it; an older copy is never written over.
fn back_up(file: &Path) -> Result<PathBuf, Error> {
    let beside = |number: usize| with_ending(file, &format!(".backup-{number}"));
    let free = (1..=BACKUPS_MAX).map(beside).find(|path| !path.exists());
    let backup = free.ok_or_else(|| Error::Backups(file.to_owned()))?;
    fs::copy(file, &backup).map_err(|error| Error::File(backup.clone(), error))?;
    Ok(backup)
}

/// Puts the text in the file's place in one step, so that a client never reads half of it.
fn replace(file: &Path, text: &str, before: Option<&str>) -> Result<(), Error> {
    let failed = |error| Error::File(file.to_owned(), error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let new = with_ending(file, &format!(".new-{}", std::process::id()));
    let written = write_new(&new, text, file).and_then(|()| match read(file) {
        Ok(now) if now.as_deref() == before => fs::rename(&new, file),
        _ => Err(io::ErrorKind::ResourceBusy.into()),
    });
    written.map_err(|error| {
        // What is left half-way is of no use to anybody.
        let _ = fs::remove_file(&new);
        match error.kind() {
            io::ErrorKind::ResourceBusy => Error::Changed(file.to_owned()),
            _ => failed(error),
        }
    })
}

/// A new file that others may read no more than the one whose place it takes; where there is none, nobody else.
fn write_new(new: &Path, text: &str, model: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(new)?;
    file.write_all(text.as_bytes())?;
    if let Ok(known) = fs::metadata(model) {
        fs::set_permissions(new, known.permissions())?;
    }
    file.sync_all()
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

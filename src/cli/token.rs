//! `frontdesk token`: makes bearer tokens for `--auth-file`.

use std::io::{self, Write};

use crate::config::TokenCommand;
use crate::mcp::auth::new_token;

/// Runs the command. The token is printed once and kept nowhere.
pub(super) fn run(command: &TokenCommand, out: &mut impl Write) -> io::Result<()> {
    let TokenCommand::New { name } = command;
    let new = new_token::new(name);
    writeln!(out, "The token of `{name}`, which is shown only now:\n\n  {}\n", new.token)?;
    writeln!(out, "Its entry in the list `tokens` of the file of --auth-file:\n\n  {}\n", new.entry)?;
    writeln!(out, "Add the entry, and send SIGHUP to a server that runs already.")
}

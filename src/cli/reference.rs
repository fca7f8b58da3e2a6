//! `frontdesk completions` and `frontdesk man`: texts that are made from the flags.

use anyhow::Context;
use clap::CommandFactory;

use crate::config::Cli;

/// The script that completes the commands in a shell.
pub(super) fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = vec![];
    clap_complete::generate(shell, &mut Cli::command(), "frontdesk", &mut script);
    script
}

/// The manual page of one command, or of all of them.
pub(super) fn manual(about: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut commands = Cli::command();
    commands.build();
    let command = match about {
        None => &commands,
        Some(name) => commands.find_subcommand(name).with_context(|| format!("there is no command `{name}`"))?,
    };
    let mut page = vec![];
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

//! The commands of `frontdesk token`.

use clap::Subcommand;

#[derive(Clone, Debug, Subcommand)]
#[expect(missing_docs, reason = "clap would show a comment on the enum as help")]
pub enum TokenCommand {
    /// Print a new token, once, and its entry for --auth-file, which holds only a digest of it.
    New {
        /// The caller it is for: 1 to 64 letters, digits, `-` and `_`.
        #[arg(long, value_name = "NAME", value_parser = token_name)]
        name: String,
    },
}

fn token_name(text: &str) -> Result<String, &'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = (1..=64).contains(&text.len()) && text.chars().all(fits);
    if is_name { Ok(text.to_owned()) } else { Err("use 1 to 64 letters, digits, `-` and `_`") }
}

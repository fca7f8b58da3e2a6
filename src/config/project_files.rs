//! Settings of `frontdesk project-files`.

use std::path::PathBuf;

use clap::Args;

use crate::events::public_url::PublicUrl;

/// Settings of `frontdesk project-files`.
#[derive(Args, Clone, Debug)]
pub struct ProjectFilesSettings {
    /// The address under which this server is reached from outside, such as `https://desk.example.com`: HubSpot sends events
    /// below it.
    #[arg(long, value_name = "URL")]
    pub url: PublicUrl,
    /// Write an app with OAuth, to which a person logs in by `frontdesk login`, in place of one with a token that does not
    /// expire.
    #[arg(long)]
    pub oauth: bool,
    /// The folder of the project; files that are there are not overwritten.
    #[arg(long, value_name = "DIR", default_value = "hubspot-project")]
    pub dir: PathBuf,
    /// The name of the project and the app.
    #[arg(long, value_name = "NAME", default_value = "frontdesk", value_parser = name)]
    pub name: String,
}

/// The longest name.
const NAME_CHARACTERS_MAX: usize = 50;

/// Reads a name of the letters that HubSpot's uids may have.
fn name(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !text.is_empty() && text.len() <= NAME_CHARACTERS_MAX && text.chars().all(is_letter) {
        true => Ok(text.to_owned()),
        false => Err(format!("it must have 1 to {NAME_CHARACTERS_MAX} letters, digits, `-` and `_`")),
    }
}

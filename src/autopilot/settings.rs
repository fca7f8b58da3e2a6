//! The settings of the autopilot, as the operator's file says them.

pub mod file;
pub mod leads_file;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::decide::Mode;
use super::leads::rules::LeadSettings;
use super::rules::Rules;
use domain::language::Language;

/// The days for which a conversation is remembered after its last message, unless the operator says otherwise.
pub const KEPT_DAYS: u32 = 90;
/// The conversations that one process answers at once.
pub const AT_ONCE: usize = 4;

/// Settings of the autopilot, read from its TOML file and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The choices for inboxes without their own.
    pub usual: InboxSettings,
    /// The choices for some inboxes, by id or name.
    pub inboxes: BTreeMap<String, InboxSettings>,
    /// The rules of every conversation.
    pub rules: Rules,
    /// The language of customers of whom none is known yet.
    pub language: Language,
    /// The taskgraph; the default one unless set.
    pub graph: Option<String>,
    /// The file of the model's persona, from the folder of the settings.
    pub persona: Option<PathBuf>,
    /// Whom customers meet whom nobody knows.
    pub representative: Option<String>,
    /// The sender of a mail counts as the contact with that address.
    pub believe_mail_senders: bool,
    /// The operator's texts in place of ours.
    pub texts: BTreeMap<(TextKind, &'static str), String>,
    /// The properties of contacts that conversations fill, and how.
    pub leads: Option<LeadSettings>,
    /// The days for which a conversation is remembered.
    pub kept_days: u32,
    /// The conversations that are answered at once.
    pub at_once: usize,
}

/// The choices for an inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxSettings {
    /// The way in which it is answered.
    pub mode: Mode,
    /// The tools that a brain may call; all that are open to customers unless set.
    pub tools: Option<Vec<String>>,
    /// The colleague who gets what is handed over.
    pub hand_over_to: HandOverTo,
}

/// The colleague who gets a conversation that is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HandOverTo {
    /// The owner of its contact, where there is one.
    #[default]
    Owner,
    /// Nobody: whoever of the inbox takes it.
    Nobody,
    /// This user, by id or e-mail address, where the contact has no owner.
    User(String),
}

/// The texts that an operator can replace; an empty one is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextKind {
    /// Said before the first reply of a matter.
    Introduction,
    /// Said when a person goes on.
    HandedOver,
    /// Said when only files came.
    Files,
    /// Said when an answer takes long.
    OneMoment,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            usual: InboxSettings::default(),
            inboxes: BTreeMap::new(),
            rules: Rules::default(),
            language: Language::default(),
            graph: None,
            persona: None,
            representative: None,
            believe_mail_senders: true,
            texts: BTreeMap::new(),
            leads: None,
            kept_days: KEPT_DAYS,
            at_once: AT_ONCE,
        }
    }
}

impl Settings {
    /// The choices for an inbox, by its id and its name.
    pub fn inbox(&self, id: &str, name: &str) -> &InboxSettings {
        let by_name = || self.inboxes.iter().find(|(key, _)| key.trim().to_lowercase() == name.trim().to_lowercase());
        let own = self.inboxes.get(id).or_else(|| by_name().map(|(_, own)| own));
        own.unwrap_or(&self.usual)
    }

    /// The operator's text of this kind, if there is one.
    pub fn text(&self, kind: TextKind, language: Language) -> Option<&str> {
        self.texts.get(&(kind, language.code())).map(String::as_str)
    }
}

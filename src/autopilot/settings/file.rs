//! The file of the settings (TOML), read with the line of what is wrong in it.
//!
//! ```toml
//! mode = "draft"                 # draft, reply or off, for inboxes without their own
//! language = "en"
//! hand_over_to = "owner"         # owner, nobody, or a user's id or address
//!
//! [inboxes."Support chat"]       # by id or name
//! mode = "reply"
//! tools = ["search_documents", "check_available", "create_meeting"]
//!
//! [limits]
//! replies_per_hour = 8
//!
//! [words]
//! complaint = ["lawyer", "refund"]
//!
//! [texts.en]
//! introduction = "I am the shop's assistant, a program."
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use domain::language::Language;
use serde::Deserialize;
use toml::Spanned;

use super::leads_file::{self, LeadsInput};
use super::values::{number, word_list};
use super::{HandOverTo, InboxSettings, Settings, TextKind};
use crate::autopilot::decide::Mode;
use crate::autopilot::rules::{Late, Rules};
use crate::store::conversations::Debounce;
use crate::toml_file::{InvalidFile, TomlFile};
use domain::email::Email;
use domain::id::UserId;

/// The most inboxes with choices of their own, and characters of a text.
const INBOXES_MAX: usize = 100;
const TEXT_CHARACTERS_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mode: Option<Spanned<String>>,
    tools: Option<Vec<Spanned<String>>>,
    hand_over_to: Option<Spanned<String>>,
    language: Option<Spanned<String>>,
    graph: Option<String>,
    persona: Option<std::path::PathBuf>,
    representative: Option<String>,
    believe_mail_senders: Option<bool>,
    #[serde(default)]
    not_people: Vec<Spanned<String>>,
    kept_days: Option<Spanned<i64>>,
    #[serde(default)]
    inboxes: BTreeMap<Spanned<String>, InboxInput>,
    limits: Option<Limits>,
    words: Option<Words>,
    leads: Option<Spanned<LeadsInput>>,
    #[serde(default)]
    texts: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InboxInput {
    mode: Option<Spanned<String>>,
    tools: Option<Vec<Spanned<String>>>,
    hand_over_to: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    quiet_seconds: Option<Spanned<i64>>,
    longest_wait_seconds: Option<Spanned<i64>>,
    mail_quiet_seconds: Option<Spanned<i64>>,
    mail_longest_wait_seconds: Option<Spanned<i64>>,
    late_minutes: Option<Spanned<i64>>,
    late: Option<Spanned<String>>,
    replies_per_hour: Option<Spanned<i64>>,
    replies_per_day: Option<Spanned<i64>>,
    turns_per_day: Option<Spanned<i64>>,
    tokens_per_conversation: Option<Spanned<i64>>,
    tokens_per_day: Option<Spanned<i64>>,
    give_back_after_hours: Option<Spanned<i64>>,
    conversations_at_once: Option<Spanned<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default)]
    person: Vec<Spanned<String>>,
    #[serde(default)]
    complaint: Vec<Spanned<String>>,
}

/// Reads the text of a file. `tools` are the names of the tools that customers may use.
///
/// # Errors
/// [`InvalidFile`] with the line and the reason.
pub fn read(text: &str, tools: &[&str]) -> Result<Settings, InvalidFile> {
    let (settings, file) = TomlFile::read(text)?;
    Reader { file, tools }.settings(settings)
}

/// Reads values, and knows the lines on which they stand.
struct Reader<'a> {
    file: TomlFile<'a>,
    tools: &'a [&'a str],
}

impl Reader<'_> {
    fn settings(&self, file: File) -> Result<Settings, InvalidFile> {
        let own = InboxInput { mode: file.mode, tools: file.tools, hand_over_to: file.hand_over_to };
        let usual = self.inbox(&own, &InboxSettings::default())?;
        if let Some((name, _)) = file.inboxes.iter().nth(INBOXES_MAX) {
            return Err(self.file.invalid(name, format!("at most {INBOXES_MAX} inboxes have choices of their own")));
        }
        let inboxes = file.inboxes.iter().map(|(name, own)| Ok((name.get_ref().clone(), self.inbox(own, &usual)?)));
        let inboxes: BTreeMap<_, _> = inboxes.collect::<Result<_, InvalidFile>>()?;
        if let Some(mode) = &own.mode
            && usual.mode == Mode::Off
            && inboxes.values().all(|inbox| inbox.mode == Mode::Off)
        {
            return Err(self.file.invalid(mode, "no inbox would be answered: every mode is `off`"));
        }
        let (limits, usual_days) = (file.limits.unwrap_or_default(), super::KEPT_DAYS);
        let at_once = number(self.file, limits.conversations_at_once.as_ref(), super::AT_ONCE as u64, 1..=64)?;
        Ok(Settings {
            usual,
            inboxes,
            rules: self.rules(&limits, &file.not_people, &file.words.unwrap_or_default())?,
            language: self.language(file.language.as_ref())?,
            graph: file.graph,
            persona: file.persona,
            representative: file.representative,
            believe_mail_senders: file.believe_mail_senders.unwrap_or(true),
            texts: self.texts(&file.texts)?,
            leads: file.leads.map(|leads| leads_file::read(self.file, self.tools, &leads)).transpose()?,
            kept_days: u32::try_from(number(self.file, file.kept_days.as_ref(), usual_days.into(), 1..=3_650)?)
                .unwrap_or(usual_days),
            at_once: usize::try_from(at_once).unwrap_or(super::AT_ONCE),
        })
    }

    fn inbox(&self, own: &InboxInput, usual: &InboxSettings) -> Result<InboxSettings, InvalidFile> {
        let mode = match &own.mode {
            None => usual.mode,
            Some(mode) => match mode.get_ref().as_str() {
                "draft" => Mode::Draft,
                "reply" => Mode::Reply,
                "off" => Mode::Off,
                other => {
                    return Err(self
                        .file
                        .invalid(mode, format!("`{other}` is no mode: use `draft`, `reply` or `off`")));
                }
            },
        };
        let tools = match &own.tools {
            None => usual.tools.clone(),
            Some(tools) => Some(tools.iter().map(|tool| self.tool(tool)).collect::<Result<_, _>>()?),
        };
        let hand_over_to = match &own.hand_over_to {
            None => usual.hand_over_to.clone(),
            Some(to) => match to.get_ref().trim() {
                "owner" => HandOverTo::Owner,
                "nobody" => HandOverTo::Nobody,
                user if user.parse::<UserId>().is_ok() || user.parse::<Email>().is_ok() => {
                    HandOverTo::User(user.to_owned())
                }
                other => {
                    let problem =
                        format!("`{other}` is nobody: use `owner`, `nobody`, or a user's id or e-mail address");
                    return Err(self.file.invalid(to, problem));
                }
            },
        };
        Ok(InboxSettings { mode, tools, hand_over_to })
    }

    fn tool(&self, tool: &Spanned<String>) -> Result<String, InvalidFile> {
        let name = tool.get_ref().trim();
        if self.tools.contains(&name) {
            return Ok(name.to_owned());
        }
        let known = self.tools.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Err(self.file.invalid(tool, format!("`{name}` is no tool that customers may use: there are {known}")))
    }

    fn language(&self, code: Option<&Spanned<String>>) -> Result<Language, InvalidFile> {
        let Some(code) = code else { return Ok(Language::default()) };
        let found = Language::ALL.into_iter().find(|language| language.code() == code.get_ref().trim());
        found.ok_or_else(|| {
            let known = Language::ALL.map(|language| format!("`{}`", language.code())).join(", ");
            self.file
                .invalid(code, format!("`{}` is no language of the fixed texts: there are {known}", code.get_ref()))
        })
    }

    fn rules(&self, limits: &Limits, not_people: &[Spanned<String>], words: &Words) -> Result<Rules, InvalidFile> {
        let usual = Rules::default();
        let seconds = |value: &Option<Spanned<i64>>, usual: Duration, range| {
            number(self.file, value.as_ref(), usual.as_secs(), range).map(Duration::from_secs)
        };
        let chat = Debounce {
            quiet: seconds(&limits.quiet_seconds, usual.chat.quiet, 0..=60)?,
            longest: seconds(&limits.longest_wait_seconds, usual.chat.longest, 1..=300)?,
        };
        let mail = Debounce {
            quiet: seconds(&limits.mail_quiet_seconds, usual.mail.quiet, 0..=600)?,
            longest: seconds(&limits.mail_longest_wait_seconds, usual.mail.longest, 1..=3_600)?,
        };
        let spans = [
            (&limits.quiet_seconds, chat, "longest_wait_seconds"),
            (&limits.mail_quiet_seconds, mail, "mail_longest_wait_seconds"),
        ];
        for (quiet, debounce, longest) in spans {
            if let Some(quiet) = quiet.as_ref().filter(|_| debounce.quiet > debounce.longest) {
                return Err(self
                    .file
                    .invalid(quiet, format!("it is longer than `{longest}`, {} s", debounce.longest.as_secs())));
            }
        }
        let late_after = Duration::from_secs(60 * number(self.file, limits.late_minutes.as_ref(), 10, 1..=24 * 60)?);
        if let Some(late) = limits.late_minutes.as_ref().filter(|_| late_after <= chat.longest.max(mail.longest)) {
            return Err(self.file.invalid(
                late,
                "every message that is waited for would be late: it is not more than the longest wait",
            ));
        }
        let per_hour = number(self.file, limits.replies_per_hour.as_ref(), 8, 1..=1_000)?;
        let per_day = number(self.file, limits.replies_per_day.as_ref(), 30.max(per_hour), 1..=10_000)?;
        if let Some(day) = limits.replies_per_day.as_ref().filter(|_| per_day < per_hour) {
            return Err(self.file.invalid(day, format!("it is less than `replies_per_hour`, {per_hour}")));
        }
        let turns = number(self.file, limits.turns_per_day.as_ref(), usual.turns_per_day.into(), 1..=10_000)?;
        let hours = number(self.file, limits.give_back_after_hours.as_ref(), 0, 0..=24 * 365)?;
        Ok(Rules {
            chat,
            mail,
            late_after,
            late: self.late(limits.late.as_ref())?,
            replies_per_hour: usize::try_from(per_hour).unwrap_or(usual.replies_per_hour),
            replies_per_day: usize::try_from(per_day).unwrap_or(usual.replies_per_day),
            turns_per_day: u32::try_from(turns).unwrap_or(usual.turns_per_day),
            tokens_per_conversation: number(
                self.file,
                limits.tokens_per_conversation.as_ref(),
                usual.tokens_per_conversation,
                1..=100_000_000,
            )?,
            tokens_per_day: number(self.file, limits.tokens_per_day.as_ref(), 0, 0..=100_000_000_000)?,
            give_back_after: (hours > 0).then(|| Duration::from_secs(hours * 60 * 60)),
            not_people: not_people.iter().map(|user| self.user(user)).collect::<Result<BTreeSet<_>, _>>()?,
            person_words: word_list(self.file, &words.person)?,
            complaint_words: word_list(self.file, &words.complaint)?,
        })
    }

    fn late(&self, late: Option<&Spanned<String>>) -> Result<Late, InvalidFile> {
        match late.map(|late| (late, late.get_ref().as_str())) {
            None | Some((_, "draft")) => Ok(Late::Draft),
            Some((_, "hand_over")) => Ok(Late::HandOver),
            Some((late, other)) => {
                Err(self.file.invalid(late, format!("`{other}` is neither `draft` nor `hand_over`")))
            }
        }
    }

    /// A user as the actor that a conversation is assigned to.
    fn user(&self, user: &Spanned<String>) -> Result<String, InvalidFile> {
        let id = user.get_ref().trim().trim_start_matches("A-");
        match id.parse::<UserId>() {
            Ok(id) => Ok(format!("A-{id}")),
            Err(_) => Err(self.file.invalid(user, format!("`{}` is no user id, such as `9586504`", user.get_ref()))),
        }
    }

    fn texts(
        &self,
        texts: &BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>,
    ) -> Result<BTreeMap<(TextKind, &'static str), String>, InvalidFile> {
        let mut all = BTreeMap::new();
        for (code, own) in texts {
            let language = self.language(Some(code))?.code();
            for (name, text) in own {
                let kind = TextKind::ALL.into_iter().find(|kind| kind.name() == name.get_ref());
                let known = TextKind::ALL.map(|kind| format!("`{}`", kind.name())).join(", ");
                let kind = kind.ok_or_else(|| {
                    self.file.invalid(name, format!("`{}` is no text: there are {known}", name.get_ref()))
                })?;
                if text.get_ref().chars().count() > TEXT_CHARACTERS_MAX {
                    return Err(self.file.invalid(text, format!("it is longer than {TEXT_CHARACTERS_MAX} characters")));
                }
                all.insert((kind, language), text.get_ref().trim().to_owned());
            }
        }
        Ok(all)
    }
}

impl TextKind {
    /// All kinds of texts, in the order of the docs.
    pub const ALL: [TextKind; 4] = [TextKind::Introduction, TextKind::HandedOver, TextKind::Files, TextKind::OneMoment];

    /// The key in the file.
    pub fn name(self) -> &'static str {
        match self {
            TextKind::Introduction => "introduction",
            TextKind::HandedOver => "handed_over",
            TextKind::Files => "files",
            TextKind::OneMoment => "one_moment",
        }
    }
}

#[cfg(test)]
mod tests;

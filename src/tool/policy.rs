//! The tools that the operator serves, by the flags this server is started with.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::handoff_policy::{HandoffPolicy, HandoffWay};
use super::info::{Effect, ToolInfo, Toolset};
use super::permissions::Permissions;
use domain::nearest::{Wanted, ranked};

/// Similar names that an error suggests.
const NEAREST_MAX: usize = 3;
/// The Jaro-Winkler similarity below which a name is not suggested.
const LIKENESS_MIN: f64 = 0.7;

/// The operator's choice of tools. The default serves every tool that the scopes of HubSpot's token permit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolPolicy {
    /// The tools that are served at all.
    pub permissions: Permissions,
    /// Only the tools of these toolsets; all of them unless set.
    pub toolsets: Option<Arc<BTreeSet<Toolset>>>,
    /// A person has to agree before an existing record is changed, and before a message goes to a customer.
    pub confirm_writes: bool,
    /// The bookings that a person has to agree to.
    pub confirm_bookings: BookingConsent,
    /// Contacts are listed also by filters that name nobody.
    pub broad_searches: bool,
    /// Tools are served although HubSpot's token lacks their scopes.
    pub ignore_scopes: bool,
    /// Customers of a live account may be written to.
    pub allow_replies: bool,
    /// The user id or e-mail address in whose name messages are sent; the maker of the token unless set.
    pub reply_sender: Option<String>,
    /// How conversations are handed over to people.
    pub handoff: HandoffPolicy,
}

/// The bookings that the person at the MCP client has to agree to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BookingConsent {
    /// None: nobody is asked.
    #[default]
    NotAsked,
    /// Those of clients that can ask the person; others book without a question.
    IfPossible,
    /// All: clients that cannot ask the person cannot book.
    Required,
}

/// A choice that cannot be meant. The server does not start with it, since a misread safety flag would be worse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// A flag names a tool that does not exist.
    #[error("`--{flag}`: there is no tool `{name}`; {}", suggested(nearest))]
    Unknown {
        /// The flag without its dashes.
        flag: &'static str,
        /// The name as it was given.
        name: String,
        /// Similar names, or every name.
        nearest: Vec<&'static str>,
    },
    /// `--toolsets` names one that does not exist.
    #[error("`--toolsets`: there is no toolset `{name}`; {}", suggested(&Toolset::ALL.map(Toolset::name)))]
    UnknownToolset {
        /// The name as it was given.
        name: String,
    },
    /// The flags leave no tool.
    #[error("`--toolsets`, `--tools`, `--without` and `--read-only` together leave no tool to serve")]
    NothingLeft,
}

impl ToolPolicy {
    /// True if nothing that the tool does may be done before a person has agreed.
    pub fn needs_consent(&self, tool: &ToolInfo) -> bool {
        match tool.effect {
            Effect::Read | Effect::Create => false,
            Effect::Update | Effect::Send => self.confirm_writes,
            Effect::Book => self.confirm_bookings == BookingConsent::Required,
        }
    }

    /// The policy of a conversation in which the person was asked already.
    pub fn agreed_in_talk(self: &Arc<ToolPolicy>) -> Arc<ToolPolicy> {
        match self.confirm_writes || self.confirm_bookings != BookingConsent::NotAsked {
            true => Arc::new(ToolPolicy {
                confirm_writes: false,
                confirm_bookings: BookingConsent::NotAsked,
                ..(**self).clone()
            }),
            false => self.clone(),
        }
    }

    /// True for a tool of a toolset that is served.
    pub fn serves(&self, tool: &ToolInfo) -> bool {
        self.toolsets.as_ref().is_none_or(|toolsets| toolsets.contains(&tool.toolset))
    }

    /// True for a tool of a toolset that is set up: the hand-off needs a way.
    pub fn has_set_up(&self, tool: &ToolInfo) -> bool {
        tool.toolset != Toolset::Handoff || self.handoff.way != HandoffWay::Off
    }

    /// The scopes that HubSpot requires for a tool beside those that it names itself.
    pub fn more_scopes(&self, tool: &ToolInfo) -> &'static [&'static str] {
        if tool.toolset == Toolset::Handoff { self.handoff.way.scopes() } else { &[] }
    }

    /// True if two clients can see different tools, because only one of them can ask its person.
    pub fn depends_on_client(&self) -> bool {
        self.confirm_writes || self.confirm_bookings == BookingConsent::Required
    }

    /// Restricts the policy to the toolsets with these names; none are named for all.
    pub fn choose_toolsets(self, names: &[String]) -> Result<ToolPolicy, InvalidPolicy> {
        if names.is_empty() {
            return Ok(self);
        }
        let known = |name: &String| {
            let toolset = Toolset::ALL.into_iter().find(|toolset| toolset.name() == name.trim());
            toolset.ok_or_else(|| InvalidPolicy::UnknownToolset { name: name.trim().to_owned() })
        };
        let toolsets: BTreeSet<_> = names.iter().map(known).collect::<Result<_, _>>()?;
        Ok(ToolPolicy { toolsets: Some(Arc::new(toolsets)), ..self })
    }

    /// Restricts the policy to the tools named in `only`, if any, and leaves out those in `without`.
    pub fn choose(self, all: &[ToolInfo], only: &[String], without: &[String]) -> Result<ToolPolicy, InvalidPolicy> {
        if only.is_empty() && without.is_empty() {
            return Ok(self);
        }
        let without = known("without", all, without)?;
        let only = match only {
            [] => all.iter().map(|tool| tool.name.to_owned()).collect(),
            names => known("tools", all, names)?,
        };
        let tools = Some(Arc::new(&only - &without));
        let chosen = ToolPolicy { permissions: Permissions { tools, ..self.permissions }, ..self };
        let left =
            all.iter().any(|tool| chosen.permissions.admit(tool) && chosen.serves(tool) && chosen.has_set_up(tool));
        if left { Ok(chosen) } else { Err(InvalidPolicy::NothingLeft) }
    }
}

fn known(flag: &'static str, all: &[ToolInfo], names: &[String]) -> Result<BTreeSet<String>, InvalidPolicy> {
    let known = |name: &String| {
        let name = name.trim();
        let unknown = || InvalidPolicy::Unknown { flag, name: name.to_owned(), nearest: nearest(all, name) };
        all.iter().find(|tool| tool.name == name).map(|tool| tool.name.to_owned()).ok_or_else(unknown)
    };
    names.iter().map(known).collect()
}

/// The names most similar to this one; every name if none is similar.
fn nearest(all: &[ToolInfo], asked: &str) -> Vec<&'static str> {
    let names = || all.iter().map(|tool| tool.name);
    let near = similar(names(), asked);
    if near.is_empty() { names().collect() } else { near }
}

/// The names of tools that are similar to this one, the most similar first.
pub fn similar(names: impl Iterator<Item = &'static str>, asked: &str) -> Vec<&'static str> {
    let wanted = Wanted::new(&Wanted::new(asked).as_str().to_lowercase().replace('-', "_"));
    let near = ranked(names, |name| wanted.likeness(name)).into_iter();
    near.take_while(|(likeness, _)| *likeness >= LIKENESS_MIN).take(NEAREST_MAX).map(|(_, name)| name).collect()
}

fn suggested(names: &[&str]) -> String {
    format!("there is {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tool(name: &'static str, effect: Effect) -> ToolInfo {
        ToolInfo {
            name,
            title: name,
            toolset: Toolset::Desk,
            effect,
            scopes: &[],
            optional_scopes: &[],
            customers: None,
        }
    }

    const ALL: [ToolInfo; 2] = [tool("find_tickets", Effect::Read), tool("update_ticket", Effect::Update)];

    fn open(read_only: bool, only: &[&str], without: &[&str]) -> Result<Vec<&'static str>, InvalidPolicy> {
        let [only, without] = [only, without].map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let (only, without): (Vec<String>, Vec<String>) = (only, without);
        let policy =
            ToolPolicy { permissions: Permissions { read_only, ..Permissions::default() }, ..ToolPolicy::default() };
        let permissions = policy.choose(&ALL, &only, &without)?.permissions;
        Ok(ALL.iter().filter(|tool| permissions.admit(tool)).map(|tool| tool.name).collect())
    }

    #[test]
    fn named_tools_are_served_and_excluded_ones_are_not() {
        assert_eq!(open(false, &[], &[]).unwrap(), ["find_tickets", "update_ticket"]);
        assert_eq!(open(false, &["find_tickets", " update_ticket"], &["find_tickets"]).unwrap(), ["update_ticket"]);
        assert_eq!(open(false, &[], &["update_ticket"]).unwrap(), ["find_tickets"]);
        assert_eq!(open(true, &[], &[]).unwrap(), ["find_tickets"]);
    }

    #[test]
    fn unknown_tools_are_refused_with_suggestions() {
        let said = |only: &[&str], without: &[&str]| open(false, only, without).unwrap_err().to_string();
        assert_eq!(said(&["find-ticket"], &[]), "`--tools`: there is no tool `find-ticket`; there is `find_tickets`");
        let unlike = "`--without`: there is no tool ``; there is `find_tickets`, `update_ticket`";
        assert_eq!(said(&[], &[""]), unlike);
        assert_eq!(open(true, &["update_ticket"], &[]), Err(InvalidPolicy::NothingLeft));
        assert_eq!(open(false, &["update_ticket"], &["update_ticket"]), Err(InvalidPolicy::NothingLeft));
    }
}

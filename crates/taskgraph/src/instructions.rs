//! The instructions for models. The orchestration prompt and the engine use the same ones.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    graph::{About, Document, Graph, Node},
    problem::quote,
    resource::Behavior,
    rules::LIVE_TOOL,
};

/// Returns the model's role in one sentence.
pub(super) fn role(about: &About) -> String {
    let role = if about.role.is_empty() { "customer service assistant" } else { &about.role };
    match about.domain.as_str() {
        "" => format!("You are a {role}."),
        domain => format!("You are a {role} of a company in {domain}."),
    }
}

/// Returns the instruction for a node in one or a few sentences.
pub(super) fn step(node: &Node) -> String {
    step_without(node, &[])
}

/// Returns the instruction for a node where these tools are switched off.
pub(super) fn step_without(node: &Node, closed: &[&str]) -> String {
    let task = sentence(&node.task);
    let act = act(node, closed);
    let own = sentence(&node.prompt);
    [task, act, own].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn act(node: &Node, closed: &[&str]) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => format!("Call `{tool}`{}.", fixed(node)),
        Behavior::AddedTool(tool) => format!("Call `{tool}`{}.", fixed(node)),
        Behavior::Foreign(tool) => format!("Call the tool {}, if you have it.", quote(tool)),
        Behavior::Answer => "Call `search_documents` and answer only from what it finds.".to_owned(),
        Behavior::HandOff => format!("Hand the conversation to a person: call {}.", person_tools(closed)),
        Behavior::Nested | Behavior::Pass => String::new(),
        Behavior::Choose if !node.choices.is_empty() => {
            format!("{} Offer these choices: {}.", say(node), node.choices.join("; "))
        }
        Behavior::Say | Behavior::Choose | Behavior::Unknown => say(node),
    }
}

/// Names the tools that bring a conversation to a person.
fn person_tools(closed: &[&str]) -> &'static str {
    match closed.contains(&LIVE_TOOL) {
        true => "`create_task` where it is listed",
        false => "`handoff_start` where it is listed, else `create_task`",
    }
}

/// Names the values that the node always sends.
fn fixed(node: &Node) -> String {
    let all = node.slots.iter().filter_map(|slot| Some((&slot.name, slot.fixed.as_ref()?)));
    let all: Vec<String> = all.map(|(name, value)| format!("`{name}` = `{}`", plain(value))).collect();
    if all.is_empty() { String::new() } else { format!(" with {}", all.join(", ")) }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn say(node: &Node) -> String {
    match (node.text.trim(), node.verbatim) {
        ("", _) if node.task.trim().is_empty() => "Answer in your own words.".to_owned(),
        ("", _) => String::new(),
        (text, true) => format!("Say, word for word: “{text}”"),
        (text, false) => format!("Say in your own words: “{text}”"),
    }
}

/// The most documents that are named; others are found by searching.
const DOCUMENTS_MAX: usize = 50;

/// Lists the documents to name. A text inside the graph has no name and is found by searching.
pub(super) fn documents_to_name(graph: &Graph) -> impl Iterator<Item = &Document> {
    graph.documents().iter().filter(|document| document.kind != "text").take(DOCUMENTS_MAX)
}

/// Returns the instruction to say the text of a node. `ends`: nothing follows, and a goodbye needs no step.
pub(super) fn speak(node: &Node, verbatim: bool, ends: bool) -> String {
    let own = sentence(&node.prompt);
    match (node.text.trim().is_empty(), verbatim) {
        (true, _) if ends => format!("{} {ALL}", step(node)).trim().to_owned(),
        (true, _) => step(node),
        // `verbatim` says the rest.
        (false, true) => own,
        (false, false) => format!("{} Say `text` in your own words. {own}", sentence(&node.task)).trim().to_owned(),
    }
}

/// Returns the instruction to learn a tool's arguments from the customer. `times`: free times were shown for it.
pub(super) fn slots(node: &Node, again: bool, times: bool) -> String {
    let failed = if again { "It failed: tell the customer what `failed` says. " } else { "" };
    let ask = if times {
        "Show the free times with day and zone; send the one agreed to, or another `meeting_date`, such as \
         `2026-12-01 after 14:00`; `owner_id`, `slug`, or `next_after` as `after`."
    } else {
        "Ask for what is missing."
    };
    format!("{} {failed}{ask}", task(node)).trim().to_owned()
}

fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or_else(|| text.to_owned(), |(first, _)| format!("{first}."))
}

/// Returns what a node is for, without the name of its tool and what its task says of the time after the call.
pub(super) fn task(node: &Node) -> String {
    [first_sentence(&sentence(&node.task)), sentence(&node.prompt)].join(" ").trim().to_owned()
}

/// Says what is asked of a customer before they are handed to a person.
pub(super) const HOW_TO_REACH: &str = "The customer's e-mail address or phone number";

/// Names the lengths of a meeting of which the customer chooses one.
pub(super) fn lengths(minutes: &[u64]) -> String {
    let all: Vec<String> = minutes.iter().map(u64::to_string).collect();
    format!("Minutes, one of {}", all.join(", "))
}

/// Names the answers that a booking form requires.
pub(super) fn fields<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("Answers to {}, by name", quoted(names))
}

/// Names the consents that a booking requires.
pub(super) fn consents<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    format!("{} in a list, if the customer consents", quoted(ids))
}

/// Says how many guests a booking takes.
pub(super) fn guests(most: u64) -> String {
    if most == 0 { "No guests are taken: send `null`".to_owned() } else { format!("At most {most}") }
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Names the values of which an object is made.
pub(super) fn parts<'a>(names: impl Iterator<Item = &'a str>) -> String {
    format!("Any of {}", quoted(names))
}

/// Returns the instruction to call a tool.
pub(super) fn call(node: &Node, ours: bool, again: bool) -> String {
    let failed = if again { "It failed before: do what `failed` says first. " } else { "" };
    let or = if ours { ", or send `execute` to have it called" } else { "" };
    format!("{} {failed}Send its answer as `tool_result`, unchanged{or}.", step(node))
}

/// Returns the instruction after a tool of this server has failed that the server calls itself.
pub(super) fn call_failed(node: &Node) -> String {
    format!("{} It failed: do what `failed` says. Send `slots` that help, or `execute` to try again.", task(node))
        .trim()
        .to_owned()
}

/// Returns the instruction to look up who asks for a person.
pub(super) fn look_up(tool: &str) -> String {
    format!("Call `{tool}`: they may be known. Send its answer as `tool_result`, unchanged, or send `execute`.")
}

/// Returns the instruction to log what a customer said who was recognised without it.
pub(super) fn log(tool: &str) -> String {
    format!("Call `{tool}`: it is not logged yet. Send its answer as `tool_result`, unchanged, or send `execute`.")
}

/// Splits the description of an argument into one line and its example.
pub(super) fn about_argument(description: &str) -> (String, Option<String>) {
    let line = description.split(['\n', ';']).next().unwrap_or_default();
    let (about, rest) = line.split_once(", for example ").unwrap_or((line, ""));
    let first = about.split_once(". ").map_or(about, |(first, _)| first);
    let example = rest.split('`').nth(1).filter(|example| !example.is_empty());
    (first.trim_end_matches(['.', ':']).trim().to_owned(), example.map(str::to_owned))
}

/// The end of a topic.
pub(super) const FINISH: &str = "Tell them; a goodbye needs no step.";

/// Says how the record of somebody else is looked up.
pub(super) const OF_COLLEAGUE: &str = "If it is a colleague's: `correction`: false with it.";

/// The question for the address of somebody who can be searched for too.
pub(super) const ADDRESS_OR_NAME: &str = "Their e-mail address, or a name as `query`";

/// The end of a search for a person.
pub(super) const WHO: &str = "Ask which one it is.";

/// The end of a topic after which another goes on.
pub(super) const FINISH_AND_GO_ON: &str = "Tell the customer what was done or found; then go on:";

/// Says that a ticket or task with this id was made for another contact.
pub(super) fn written_for_another(id: &str) -> String {
    format!("`{id}` was made for the other contact and is still there: say so.")
}

/// Returns the instruction after the last tool of a topic has answered.
pub(super) fn finish(node: &Node) -> String {
    format!("{FINISH} {}", sentence(&node.prompt)).trim().to_owned()
}

/// Returns the instruction to write what came later into a task.
pub(super) fn change_of_task(tool: &str) -> String {
    format!("Call `{tool}`: it changes that task. Send its answer as `tool_result`, unchanged, or send `execute`.")
}

/// The ticket of a request of a colleague.
pub(super) enum TicketOfRequest {
    /// It is about this one.
    Has(String),
    /// It is about none, and this one was spoken of right before.
    Before(String),
}

/// Says what changes a request of a colleague that was made. `told_before` are appointments of which another wish still
/// stands.
pub(super) fn changes_of_request(ticket: Option<&TicketOfRequest>, told_before: &[String]) -> String {
    let mut parts = vec!["`reach`, `owner`, `due` alone change it.".to_owned()];
    parts.extend(ticket.map(|ticket| match ticket {
        TicketOfRequest::Has(id) => format!("If it is not about `{id}`: `ticket_id`: null."),
        TicketOfRequest::Before(id) => format!("If it is about ticket `{id}`: `ticket_id`: \"{id}\"."),
    }));
    if !told_before.is_empty() {
        let ids = Value::from(told_before.to_vec());
        parts.push(format!("An earlier wish still stands; if this changes it too, send `meeting_id`: {ids}."));
    }
    parts.join(" ")
}

/// The question whether an address that was said before is wrong.
pub(super) const CORRECTION: &str =
    "`true`: the address before was wrong, what was written is meant for this one; `false`: this is another customer";

/// Says that a ticket or task with this id was made for another address, and how it is made for this one too.
pub(super) fn perhaps_wrong(id: &str) -> String {
    format!(
        "`{id}` was made for the address before. If that was wrong, send `correction`: true; it is made again then."
    )
}

/// The end of a conversation that needs no step.
const ALL: &str = "If that is all, send nothing.";
/// The instruction to choose an intent.
pub(super) const CHOOSE: &str = "Send the `intent` that fits, or ask.";
/// Says that a matter waits.
pub(super) const WAITS: &str = "The matter before waits: `switch`: \"come_back\" goes on with it.";
/// Says how one of the tickets is read.
pub(super) const READ_TICKET: &str = "`ticket_id` alone reads one with its notes.";
/// Instruction where nothing has to follow.
const CHOOSE_OR_END: &str = "Send the `intent` that fits, ask, or send nothing.";
/// The instruction to choose how a topic continues after the result of this node's tool. `waiting`: another topic is to
/// be resumed.
pub(super) fn choose_at(node: &Node, waiting: bool) -> String {
    let choose = if waiting { [CHOOSE, "\"none\": that is all."].join(" ") } else { CHOOSE_OR_END.to_owned() };
    format!("{} {choose}", sentence(&node.task)).trim().to_owned()
}

/// The instruction to ask about the current topic.
pub(super) const SWITCH: &str =
    "Ask: that first and come back, drop this, or stay with it? Send `switch`: \"come_back\", \"leave\" or \"stay\".";
/// The instruction to offer a topic that was interrupted.
pub(super) const GO_ON: &str =
    "Ask whether to go on with `matter`. If so send `switch`: \"come_back\", if not send nothing.";
/// The instruction where a person is asked for and no tool asks one.
pub(super) const NO_HAND_OFF: &str =
    "Hand the conversation to a person if you can; else say that nobody can be asked from here.";

/// The instruction to answer where the documents have been searched.
pub(super) const SEARCHED: &str = "Answer only from the passages.";

/// The instruction at a dead end. `person`: a tool asks one.
pub(super) fn nothing(person: bool) -> String {
    let or = if person { "; a person can be asked for" } else { "" };
    format!("Say so and name what you can do{or}.")
}

/// The instruction when a topic has ended and the customer has none of the intents.
pub(super) const CLOSE: &str = "If the customer wants nothing more, say goodbye: the conversation is over. If they want \
     something else, name what you can do.";

/// The dead end of free times: there may be some with somebody else, or under another link.
pub(super) const ANOTHER_HELPS: &str = "The tool failed; another `owner_id` (a name will do) may help, or a person.";

/// The reason why nothing in the graph fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeadEnd {
    /// The customer has none of the intents.
    NoIntent,
    /// The customer has left the topic.
    Left,
    /// The node has reached its limit.
    Limit,
    /// The tool failed for good, or too often.
    Failed,
    /// The tool needs the customer's id, and no tool has found the customer.
    NotIdentified,
    /// The tool needs an argument that only another tool provides.
    Needs { argument: String, tool: String },
    /// The graph has an endless cycle.
    #[serde(rename = "circle")]
    Cycle,
}

impl DeadEnd {
    /// Describes the reason in one sentence.
    pub(super) fn reason(&self) -> String {
        match self {
            DeadEnd::Left => "The matter is left; nothing was done for it.".to_owned(),
            DeadEnd::NoIntent => "Nothing in this script is what the customer wants.".to_owned(),
            DeadEnd::Limit => "This has been done as often as it may be in one conversation.".to_owned(),
            DeadEnd::Failed => "The tool failed; other values do not help.".to_owned(),
            DeadEnd::NotIdentified => {
                "The customer must be identified first: choose an intent that begins with that.".to_owned()
            }
            DeadEnd::Needs { argument, tool } => {
                format!("{} is not known: only `{tool}` gives it, and it has not.", quote(argument))
            }
            DeadEnd::Cycle => "The script runs in a circle here.".to_owned(),
        }
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

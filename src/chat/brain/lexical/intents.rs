//! The intent of a message, by its likeness to what customers say, in bands: sure enough to act, likely enough to ask, or
//! neither.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::label;
use super::meeting_wish;
use super::people;
use super::state::{LexicalChoice, Means};
use crate::chat::language::{self, Language, Vocabulary, folded};
use crate::chat::texts::kind::Text;
use crate::chat::texts::staff;
use taskgraph::graph::{Edge, Graph, Node};
use taskgraph::likeness::{Alike, Likeness};
use taskgraph::resource::Behavior;

/// From this likeness on, and with this distance to the next intent, a message has the intent. The numbers come from
/// messages that were kept apart; `docs/chat.md` has the table.
pub const ACT_FROM: f64 = 0.6;
/// The distance to the second intent from which the first is meant.
pub const MARGIN_MIN: f64 = 0.25;
/// From this likeness on the visitor is asked whether they mean the intent.
pub const ASK_FROM: f64 = 0.25;
/// The likeness of a message that is a sample or a name.
const SAME: f64 = 0.99;
/// Tools that find something to tell.
const TELLING_TOOLS: &[&str] = &["find_contact_by_email", "find_meetings", "find_tickets", "get_contact"];
/// Tools that write for the visitor.
const WRITING_TOOLS: &[&str] =
    &["create_ticket", "update_ticket", "create_contact", "update_contact", "create_meeting", "create_task"];
/// The tool that books a meeting, and those that tell what is stored of the visitor.
const BOOKING_TOOL: &str = "create_meeting";
const OWN_TOOLS: &[&str] = &["find_meetings", "find_tickets", "get_contact"];
/// The most intents that a question offers.
const OFFERED_MAX: usize = 3;

/// The intents of one graph.
#[derive(Clone, Debug)]
pub struct Intents {
    graph: Arc<Graph>,
    likeness: Arc<Likeness>,
    vocabulary: Arc<Vocabulary>,
}

/// What is computed of a graph once.
#[derive(Clone)]
struct IntentTables {
    likeness: Arc<Likeness>,
    vocabulary: Arc<Vocabulary>,
}

impl IntentTables {
    fn of(graph: &Graph) -> IntentTables {
        let samples =
            graph.edges().iter().flat_map(|edge| edge.sample_utterances.iter().chain(&edge.telling_utterances));
        let told = samples.filter_map(|sample| Some((sample.as_str(), language::of(sample)?)));
        IntentTables { likeness: Arc::new(Likeness::of(graph.edges())), vocabulary: Arc::new(Vocabulary::of(told)) }
    }
}

/// What a message wants.
#[derive(Clone, Debug, PartialEq)]
pub enum IntentMatch {
    /// This intent, with its likeness.
    Sure(String, f64),
    /// One of these, probably.
    Perhaps(Vec<String>),
    /// Nothing that the graph knows.
    Unknown,
}

impl Intents {
    /// The intents of a graph. What is computed of it is shared for as long as the graph is in use: desks are made often.
    pub fn of(graph: Arc<Graph>) -> Intents {
        static IN_USE: Mutex<Vec<(Weak<Graph>, IntentTables)>> = Mutex::new(vec![]);
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        in_use.retain(|(known, _)| known.strong_count() > 0);
        let known = in_use.iter().find(|(known, _)| known.as_ptr() == Arc::as_ptr(&graph));
        let tables = known.map(|(_, tables)| tables.clone());
        let tables = tables.unwrap_or_else(|| {
            let tables = IntentTables::of(&graph);
            in_use.push((Arc::downgrade(&graph), tables.clone()));
            tables
        });
        Intents { graph, likeness: tables.likeness, vocabulary: tables.vocabulary }
    }

    /// The words of the samples, by language.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.vocabulary.clone()
    }

    /// The graph.
    pub(super) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The intents with which a conversation begins.
    pub(super) fn first(&self) -> Vec<String> {
        let edges = self.graph.edges_from(&self.graph.start().id);
        edges.filter_map(|edge| Some(edge.intent.as_ref()?.text.clone())).collect()
    }

    /// What a message wants, among the intents that are offered.
    pub fn match_intent(&self, message: &str, offered: &[String]) -> IntentMatch {
        let named = offered.iter().find(|name| folded(name) == folded(message));
        if let Some(name) = named {
            return IntentMatch::Sure(name.clone(), 1.0);
        }
        if let Some(meeting) = self.wanted_meeting(message, offered) {
            return IntentMatch::Sure(meeting, 1.0);
        }
        let mut ranked = self.rank(message);
        // A question about the company tells nobody what is stored of them.
        if language::asks_about_company(message) {
            ranked.retain(|alike| !self.tells_own(&alike.intent));
        }
        let known = ranked.into_iter().filter_map(|alike| Some((offered_as(offered, &alike.intent)?, alike.score)));
        let known: Vec<(String, f64)> = known.collect();
        let Some((first, score)) = known.first() else { return IntentMatch::Unknown };
        let second = known.get(1).map_or(0.0, |(_, score)| *score);
        // Without samples a name alone is compared, and nothing is sure.
        let has_samples = self
            .edge(first)
            .is_some_and(|edge| !edge.sample_utterances.is_empty() || !edge.telling_utterances.is_empty());
        let is_clear = *score >= ACT_FROM && score - second >= MARGIN_MIN && has_samples;
        if *score >= SAME && second < SAME || (is_clear && self.may_act(message, first)) {
            return IntentMatch::Sure(first.clone(), *score);
        }
        // Those that are next are offered too: the right one is nearly always among the first three.
        let likely = known.iter().map(|(name, _)| name.clone()).take(OFFERED_MAX).collect();
        if *score >= ASK_FROM { IntentMatch::Perhaps(likely) } else { IntentMatch::Unknown }
    }

    /// The one intent that books a meeting, for a message that wants a new one.
    fn wanted_meeting(&self, message: &str, offered: &[String]) -> Option<String> {
        if !meeting_wish::is_one(message) {
            return None;
        }
        let mut booking = offered.iter().filter(|intent| self.goes_to(BOOKING_TOOL, intent));
        booking.next().filter(|_| booking.next().is_none()).cloned()
    }

    /// True for an intent that tells what is stored of the visitor.
    fn tells_own(&self, intent: &str) -> bool {
        OWN_TOOLS.iter().any(|tool| self.goes_to(tool, intent)) && !self.goes_to(BOOKING_TOOL, intent)
    }

    /// True for a graph whose samples speak of orders, invoices or deliveries of the visitor's.
    pub(super) fn knows_purchases(&self) -> bool {
        let edges = self.graph.edges().iter().filter(|edge| edge.intent.is_some());
        let samples = edges.flat_map(|edge| edge.sample_utterances.iter().chain(&edge.telling_utterances));
        samples.into_iter().any(|sample| language::is_about_purchase(sample))
    }

    /// True for an intent that only reads. One that writes is not begun by one word alone, nor by somebody who asks how something
    /// is done or to see something, unless a sample asks so.
    fn may_act(&self, message: &str, intent: &str) -> bool {
        let Some(edge) = self.edge(intent) else { return false };
        let name = edge.intent.as_ref().map_or(intent, |intent| &intent.text);
        let is_usual = |asks: fn(&str) -> bool| edge.sample_utterances.iter().any(|sample| asks(sample));
        let only_asks = |asks: fn(&str) -> bool| asks(message) && !is_usual(asks);
        !self.writes(intent)
            || (self.likeness.decides(message, name)
                && !only_asks(language::asks_how)
                && !only_asks(language::asks_to_see))
    }

    /// True for an intent on whose way something is written, or a task is made for a person.
    pub(super) fn writes(&self, intent: &str) -> bool {
        let is_task = |node: &&Node| node.behavior == Behavior::HandOff;
        // Whoever only wants a person is understood by one word.
        WRITING_TOOLS.iter().any(|tool| self.goes_to(tool, intent)) || self.way(intent).iter().skip(1).any(is_task)
    }

    /// True for a message that is the name of the intent and asks nothing.
    pub(super) fn is_named(&self, intent: &str, message: &str) -> bool {
        !message.contains('?') && folded(message) == folded(intent)
    }

    /// The intents by likeness, with and without the name of the person whom the message is about.
    fn rank(&self, message: &str) -> Vec<Alike> {
        let mut ranked = self.likeness.rank(message);
        if meeting_wish::names_time(message) && !message.contains('?') {
            self.rank_without_times(message, &mut ranked);
        }
        if let Some(name) = people::named(message).filter(|name| name.contains(' ')) {
            for other in self.likeness.rank(&message.replace(&name, " ")) {
                let known = ranked.iter_mut().find(|alike| alike.intent == other.intent);
                known.into_iter().for_each(|alike| alike.score = alike.score.max(other.score));
            }
            ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
        }
        ranked
    }

    /// Days and hours speak for a booking alone: whatever else is alike only by them is less so.
    fn rank_without_times(&self, message: &str, ranked: &mut [Alike]) {
        let plain = self.likeness.rank(&meeting_wish::without_times(message));
        let score = |intent: &str| plain.iter().find(|alike| alike.intent == intent).map_or(0.0, |alike| alike.score);
        for alike in ranked.iter_mut() {
            let without = score(&alike.intent);
            let books = self.goes_to(BOOKING_TOOL, &alike.intent);
            alike.score = if books { alike.score.max(without) } else { alike.score.min(without) };
        }
        ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
    }

    /// The intents that are the likeliest, however unlikely.
    pub(super) fn nearest(&self, message: &str, offered: &[String]) -> Vec<String> {
        let ranked = self.rank(message).into_iter();
        ranked.filter_map(|alike| offered_as(offered, &alike.intent)).take(OFFERED_MAX).collect()
    }

    /// The edge of an intent.
    pub(super) fn edge(&self, intent: &str) -> Option<&Edge> {
        self.graph
            .edges()
            .iter()
            .find(|edge| edge.intent.as_ref().is_some_and(|named| is_offered_as(intent, &named.text)))
    }

    /// The tool that an intent leads to first.
    pub(super) fn first_tool(&self, intent: &str) -> Option<&str> {
        let node = self.graph.node(&self.edge(intent)?.to)?;
        match &node.behavior {
            Behavior::Tool(tool) => Some(tool),
            Behavior::AddedTool(tool) => Some(tool),
            _ => None,
        }
    }

    /// The intent whose first tool is this one.
    pub(super) fn leading_to(&self, tool: &str, offered: &[String]) -> Option<String> {
        offered.iter().find(|intent| self.first_tool(intent) == Some(tool)).cloned()
    }

    /// True for an intent on whose way, without a further choice, this tool is called.
    pub(super) fn goes_to(&self, tool: &str, intent: &str) -> bool {
        self.way(intent).iter().any(|node| matches!(node.behavior, Behavior::Tool(called) if called == tool))
    }

    /// True for an intent that tells something and ends with it: nothing is written, and nothing is to be chosen.
    pub(super) fn only_tells(&self, intent: &str) -> bool {
        let way = self.way(intent);
        let reads = |node: &&Node| match &node.behavior {
            Behavior::Tool(tool) => TELLING_TOOLS.contains(tool),
            _ => false,
        };
        let chooses = |node: &&Node| self.graph.edges_from(&node.id).any(|edge| edge.intent.is_some());
        !way.is_empty() && way.iter().all(reads) && !way.iter().any(chooses)
    }

    /// The tools that are called on the way of an intent, without a further choice.
    pub(super) fn tools(&self, intent: &str) -> Vec<&str> {
        let called = |node: &Node| match &node.behavior {
            Behavior::Tool(tool) => Some(*tool),
            _ => None,
        };
        self.way(intent).into_iter().filter_map(called).collect()
    }

    /// The nodes to which an intent leads without a further one.
    fn way(&self, intent: &str) -> Vec<&Node> {
        let mut way: Vec<&Node> = self.edge(intent).and_then(|edge| self.graph.node(&edge.to)).into_iter().collect();
        let mut at = 0;
        while let Some(node) = way.get(at).copied() {
            let onward = self.graph.edges_from(&node.id).filter(|edge| edge.intent.is_none());
            let next: Vec<&Node> = onward.filter_map(|edge| self.graph.node(&edge.to)).collect();
            let is_new = |next: &&Node| !way.iter().any(|known| known.id == next.id);
            let new: Vec<&Node> = next.into_iter().filter(is_new).collect();
            way.extend(new);
            at += 1;
        }
        way
    }

    /// True for an intent that is answered from documents.
    pub(super) fn answers(&self, intent: &str) -> bool {
        let node = self.edge(intent).and_then(|edge| self.graph.node(&edge.to));
        node.is_some_and(|node| node.behavior == Behavior::Answer)
    }

    /// True for an intent that looks for a contact in order to change it.
    pub(super) fn changes_contact(&self, intent: &str) -> bool {
        let Some(edge) = self.edge(intent) else { return false };
        let next = self.graph.edges_from(&edge.to).filter_map(|edge| self.graph.node(&edge.to));
        next.into_iter().any(|node| node.behavior == Behavior::Tool("update_contact"))
    }

    /// True for a graph by which somebody keeps the contacts of others: one of its intents looks for a contact to change it.
    pub(super) fn keeps_contacts(&self) -> bool {
        let named = self.graph.edges().iter().filter_map(|edge| edge.intent.as_ref());
        named.into_iter().any(|intent| {
            self.first_tool(&intent.text) == Some("search_contacts") && self.changes_contact(&intent.text)
        })
    }

    /// The words for what is done with the contacts of others. Samples of a script are what somebody says about one contact.
    fn deed_with_contacts(&self, intent: &str) -> Option<Text> {
        match self.first_tool(intent).filter(|_| self.keeps_contacts())? {
            "search_contacts" if self.changes_contact(intent) => Some(staff::UPDATE),
            "search_contacts" => Some(staff::SEARCH),
            "create_contact" => Some(staff::CREATE),
            _ => None,
        }
    }

    /// True for the intent that leads to a person.
    pub(super) fn leads_to_person(&self, intent: &str) -> bool {
        let node = self.edge(intent).and_then(|edge| self.graph.node(&edge.to));
        node.is_some_and(|node| node.behavior == Behavior::HandOff)
    }

    /// The words for an intent in a language: a sample in it, where the graph has one that suits; else its name.
    pub(super) fn label(&self, intent: &str, language: Language) -> String {
        if language == Language::English {
            return label::shortened(intent);
        }
        if let Some(text) = self.deed_with_contacts(intent) {
            return text.in_language(language).to_owned();
        }
        let samples = self.edge(intent).map(|edge| edge.sample_utterances.as_slice()).unwrap_or_default();
        let general: Vec<&String> = samples.iter().filter(|sample| !is_of_one_thing(sample, language)).collect();
        let surely = || general.iter().filter(|sample| language::is_surely(sample, language));
        let probably = general.iter().filter(|sample| language::of(sample) == Some(language));
        // Who says that something is not so, does not say what they want.
        let spoken = surely().chain(probably).find(|sample| !denies(sample)).or_else(|| surely().next());
        spoken.map_or_else(|| label::shortened(intent), |sample| (*sample).clone())
    }

    /// True for a message that is nothing but the label of this intent, in any language.
    pub(super) fn is_label(&self, intent: &str, message: &str) -> bool {
        let message = language::folded(message);
        Language::ALL.into_iter().any(|language| language::folded(&self.label(intent, language)) == message)
    }

    /// The intents as choices.
    pub(super) fn choices(&self, intents: &[String], language: Language) -> Vec<LexicalChoice> {
        let choice = |intent: &String| LexicalChoice {
            label: self.label(intent, language),
            means: Means::Intent(intent.clone()),
        };
        intents.iter().map(choice).collect()
    }
}

/// The name under which an intent is offered; those of equal intents are numbered.
fn offered_as(offered: &[String], intent: &str) -> Option<String> {
    offered.iter().find(|name| is_offered_as(name, intent)).cloned()
}

fn is_offered_as(name: &str, intent: &str) -> bool {
    name == intent || name.strip_prefix(intent).is_some_and(|rest| rest.starts_with(" (") && rest.ends_with(')'))
}

/// Words of a sentence that denies.
const DENIALS: &[&str] = &["not", "ikke", "pas", "non", "nicht"];

fn denies(sample: &str) -> bool {
    folded(sample).split(' ').any(|word| DENIALS.contains(&word) || word.starts_with("n'"))
}

/// True for a sample that names a person or a product, whoever reads it. German writes every noun with a capital letter.
fn is_of_one_thing(sample: &str, language: Language) -> bool {
    let capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let words: Vec<&str> = sample.split_whitespace().collect();
    match language {
        Language::German => words.windows(2).skip(1).any(|pair| pair.iter().all(capital)),
        // The Danish `I` is one who is spoken to.
        _ => words.iter().skip(1).any(|word| capital(word) && word.chars().count() > 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_of_the_language_and_name_nobody() {
        for graph in ["frontdesk", "contacts"] {
            let text = std::fs::read_to_string(format!("taskgraphs/{graph}.json")).unwrap();
            let intents = Intents::of(std::sync::Arc::new(taskgraph::load::read(graph, &text).unwrap().graph));
            let names: Vec<String> =
                intents.graph().edges().iter().filter_map(|edge| Some(edge.intent.as_ref()?.text.clone())).collect();
            for language in Language::ALL {
                for name in &names {
                    let label = intents.label(name, language);
                    assert!(label == *name || language::of(&label) == Some(language), "{label}");
                    assert!(!label.contains("Sarah") && !label.contains("Byron") && !label.contains("Adam"), "{label}");
                }
            }
        }
    }
}

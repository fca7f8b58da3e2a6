//! A model that is led step by step: it sends what the customer said, the intent among those offered and the values that
//! were said or chosen, and has the server call the tools. It knows no scenario.

use frontdesk::rehearsal::customer::{CustomerMessage, HeardReply};
use frontdesk::rehearsal::text::folded;
use serde_json::{Map, Value, json};

use super::desk::{Desk, Tools};
use super::memory::{Memory, told};
use frontdesk::rehearsal::scenario::Means;

/// The way to a person that is open in every graph.
const PERSON: &str = "a person";
/// All of the things shown.
const ALL: &str = "all";
/// The most steps after one message.
const STEPS_MAX: usize = 4;

/// The way in which a model names what it sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Habit {
    /// By the names that the answers ask for.
    #[default]
    Asked,
    /// By the arguments of the tools that it knows, and by the fields of their answers; a day is not repeated with a time.
    OfTools,
}

#[derive(Default)]
pub(crate) struct Guided {
    habit: Habit,
    graph: Option<String>,
    session: Value,
    memory: Memory,
    /// The intents that the last answers offer.
    offered: Vec<String>,
    /// The last thing that was asked for.
    ask: Value,
    /// The matter is done, and nothing is sent unless the customer wants more.
    is_done: bool,
    /// A person is offered, for the customer to agree to.
    offers_person: bool,
}

impl Guided {
    pub(crate) fn new(graph: Option<&str>) -> Guided {
        Guided::with(Habit::Asked, graph)
    }

    pub(crate) fn with(habit: Habit, graph: Option<&str>) -> Guided {
        Guided { habit, graph: graph.map(str::to_owned), ..Guided::default() }
    }
}

impl Desk for Guided {
    async fn hear(&mut self, said: &CustomerMessage, tools: &mut Tools<'_>) -> HeardReply {
        self.memory.hear(said);
        if self.session.is_null() {
            let graph = self.graph.as_ref().map(|graph| json!({ "graph": graph })).unwrap_or(json!({}));
            let mut begin = graph.as_object().unwrap().clone();
            begin.insert("execute".into(), json!(true));
            let begun = tools.call("taskgraph_start", begin).await.unwrap();
            self.session = begun["session"].clone();
            self.read(&begun);
        }
        if self.is_done && wants_nothing(said) {
            return HeardReply::default(); // A goodbye.
        }
        let mut step = Map::from_iter([("user_text".to_owned(), json!(said.words))]);
        let wish = said.means.intent.as_ref().and_then(|wish| self.offer(wish));
        let choice = said.means.choice.as_ref().and_then(|choice| self.offer(choice));
        let agrees_to_person = (self.offers_person && said.agrees && wish.is_none()).then(|| PERSON.to_owned());
        if let Some(intent) = wish.or(choice).or(agrees_to_person) {
            step.insert("intent".into(), json!(intent));
        }
        if let Some(switch) = &said.means.switch {
            step.insert("switch".into(), json!(switch));
        }
        let slots = match self.habit {
            Habit::Asked => self.slots(said),
            Habit::OfTools => self.slots_of_tools(said),
        };
        if !slots.is_empty() {
            step.insert("slots".into(), slots.into());
        }
        let mut says = vec![];
        let mut choice = said.means.choice.clone().filter(|_| said.means.intent.is_some());
        for _ in 0..STEPS_MAX {
            says.push(self.step(step, tools).await);
            // Where nothing is sent, the session is only shown.
            step = Map::from_iter([("execute".to_owned(), json!(true))]);
            let kind = self.ask["kind"].as_str().unwrap_or_default();
            if kind == "intent"
                && let Some(way) = choice.take().and_then(|choice| self.offer(&choice))
            {
                step.insert("intent".into(), json!(way));
            } else if kind == "call" && self.ask["ours"] == true {
                // It failed, and the hint says that the same call may be repeated.
            } else {
                break;
            }
        }
        let offers = self.memory.choices.iter().map(|choice| choice.label.clone()).collect();
        HeardReply { says: says.join("\n"), offers, ..HeardReply::default() }
    }
}

/// True if a message has no wish and no value.
fn wants_nothing(said: &CustomerMessage) -> bool {
    let choice = said.means.choice.as_deref().is_none_or(|choice| choice == "none");
    choice && !said.agrees && Means { choice: None, ..said.means.clone() } == Means::default()
}

impl Guided {
    /// The offered intent that this is, if it is one.
    fn offer(&self, wish: &str) -> Option<String> {
        let open = [PERSON, "none"].contains(&wish).then(|| wish.to_owned());
        self.offered.iter().find(|offered| folded(offered) == folded(wish)).cloned().or(open)
    }

    /// The values in the message and the ids of what was chosen, as the tools' arguments and answers name them.
    fn slots_of_tools(&self, said: &CustomerMessage) -> Map<String, Value> {
        let means = &said.means;
        let texts = [
            ("email", &means.email),
            ("phone", &means.phone),
            ("name", &means.name),
            ("meeting_date", &means.day),
            ("meeting_start_time", &means.time),
            ("time_zone", &means.zone),
            ("issue", &means.issue),
            ("reach", &means.reach),
            ("owner", &means.owner),
        ];
        let mut slots: Map<String, Value> =
            texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect();
        slots.extend(means.duration.map(|minutes| ("duration".to_owned(), json!(minutes))));
        slots.extend(means.correction.map(|wrong| ("correction".to_owned(), json!(wrong))));
        slots.extend(means.no_ticket.then(|| ("ticket_id".to_owned(), Value::Null)));
        if !means.data.is_empty() {
            slots.insert("properties".into(), json!(means.data));
        }
        if !means.form.is_empty() {
            slots.insert("form_fields".into(), json!(means.form));
        }
        let consents = self.memory.value("create_meeting", "consents").filter(|_| means.consents);
        slots.extend(consents.map(|ids| ("consents".into(), ids)));
        let asked =
            |name: &str| self.ask["missing"].as_array().into_iter().flatten().any(|missing| missing["name"] == name);
        if means.about.as_deref() == Some(ALL) {
            slots.insert("meeting_id".into(), json!(ALL));
            return slots;
        }
        let chosen = ["contact_id", "ticket_id", "meeting_id"].map(|id| (id, self.memory.found.get(id)));
        let chosen = chosen.into_iter().filter(|_| means.about.is_some());
        slots.extend(chosen.filter_map(|(id, value)| Some((id.to_owned(), value?.clone()))));
        if asked("note") {
            slots.insert("note".into(), json!(said.words));
        }
        if asked("meeting_start_time") {
            let start = self.memory.value("create_meeting", "meeting_start_time");
            slots.extend(start.map(|start| ("meeting_start_time".to_owned(), start)));
            let owner = self.memory.found.get("owner_id").filter(|_| means.about.is_none());
            slots.extend(owner.map(|owner| ("owner_id".to_owned(), owner.clone())));
        }
        slots
    }

    /// The values in the message, and the ids of what was chosen.
    fn slots(&self, said: &CustomerMessage) -> Map<String, Value> {
        let means = &said.means;
        let texts = [
            ("email", &means.email),
            ("phone", &means.phone),
            ("query", &means.name),
            ("meeting_date", &means.day),
            ("meeting_start_time", &means.time),
            ("time_zone", &means.zone),
            ("issue", &means.issue),
            ("reach", &means.reach),
            ("owner", &means.owner),
        ];
        let mut slots: Map<String, Value> =
            texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect();
        slots.extend(means.duration.map(|minutes| ("duration".to_owned(), json!(minutes))));
        slots.extend(means.correction.map(|wrong| ("correction".to_owned(), json!(wrong))));
        slots.extend(means.no_ticket.then(|| ("ticket_id".to_owned(), Value::Null)));
        slots.extend(means.data.iter().map(|(name, value)| (name.clone(), json!(value))));
        if !means.form.is_empty() {
            slots.insert("form_fields".into(), json!(means.form));
        }
        slots.extend(
            self.memory
                .value("create_meeting", "consents")
                .filter(|_| means.consents)
                .map(|ids| ("consents".into(), ids)),
        );
        // A person is asked about it.
        let ticket = self.memory.found.get("ticket_id").filter(|_| means.about.is_some() && means.intent.is_some());
        slots.extend(ticket.map(|id| ("ticket_id".to_owned(), id.clone())));
        if means.about.as_deref() == Some(ALL) {
            slots.insert("meeting_id".into(), json!(ALL));
            return slots;
        }
        for missing in self.ask["missing"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()) {
            let chosen = match missing {
                "cus_cid" | "contact" | "ticket_id" => {
                    means.about.as_ref().and_then(|_| self.memory.value("", missing))
                }
                "meeting_id" => means.about.as_ref().and_then(|_| self.memory.found.get(missing).cloned()),
                "meeting_start_time" => self.memory.value("create_meeting", missing),
                _ => None,
            };
            if let Some(value) = chosen {
                slots.insert(missing.to_owned(), value);
            }
            if missing == "meeting_start_time"
                && let Some(day) = self.memory.value("create_meeting", "meeting_date")
            {
                slots.insert("meeting_date".into(), day);
            }
        }
        slots
    }

    async fn step(&mut self, mut step: Map<String, Value>, tools: &mut Tools<'_>) -> String {
        step.insert("session".into(), self.session.clone());
        match tools.call("taskgraph_step", step).await {
            Ok(answer) => self.read(&answer),
            Err(error) => format!("{}. {}", told(&error), error["hint"].as_str().unwrap_or_default()),
        }
    }

    /// Takes in an answer, and says what it has for the customer.
    fn read(&mut self, answer: &Value) -> String {
        for call in answer["called"].as_array().into_iter().flatten() {
            self.memory.learn(&call["result"]);
        }
        let asks = answer["asks"].as_array().cloned().unwrap_or_default();
        self.ask = asks.last().cloned().unwrap_or_default();
        self.memory.learn(&self.ask["failed"]["details"]);
        let instruction = self.ask["instruction"].as_str().unwrap_or_default();
        self.is_done = ["send nothing", "needs no step"].iter().any(|end| instruction.contains(end));
        let names = |list: &Value, name: &str| -> Vec<String> {
            let all = list.as_array().into_iter().flatten();
            all.filter_map(|one| one.as_str().or_else(|| one[name].as_str()).map(str::to_owned)).collect()
        };
        let all = names(&answer["intents"], "");
        if !all.is_empty() {
            self.offered = all;
        }
        for candidate in names(&self.ask["candidates"], "intent") {
            if !self.offered.contains(&candidate) {
                self.offered.push(candidate);
            }
        }
        let hint = self.ask["failed"]["hint"].as_str().unwrap_or_default();
        self.offers_person = hint.contains("`create_task`");
        let mut says: Vec<String> =
            answer["called"].as_array().into_iter().flatten().map(|call| told(&call["result"])).collect();
        for ask in &asks {
            let parts = [&ask["text"], &ask["missing"], &ask["reason"], &ask["candidates"], &ask["choices"]];
            says.extend(parts.into_iter().filter(|part| !part.is_null()).map(told));
            says.extend(ask["instruction"].as_str().filter(|_| ask["kind"] == "switch").map(str::to_owned));
            if let Some(message) = ask["failed"]["message"].as_str() {
                says.push(format!("{message}. {}", ask["failed"]["hint"].as_str().unwrap_or_default()));
            }
        }
        says.join("\n")
    }
}

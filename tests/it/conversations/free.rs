//! A model that works on its own: it follows the prompt `customer_service`, calls any tool with what the customer has said
//! and what the last answers say, and does what an error's hint says. It knows no scenario.

use std::collections::BTreeMap;

use frontdesk::rehearsal::customer::{CustomerMessage, HeardReply};
use rmcp::model::GetPromptRequestParams;
use serde_json::{Map, Value, json};

use super::desk::{Desk, Tools};
use super::memory::{Memory, tells_something, told};
use super::prompt_script::{self, Flow, Step, quoted};
use crate::world::World;

/// The tool that the rules identify customers with.
const IDENTIFY: &str = "find_contact_by_email";
/// The most steps of one turn.
const STEPS_MAX: usize = 20;

pub(crate) struct Free {
    flows: Vec<Flow>,
    tools: BTreeMap<String, ToolSpec>,
    /// The rules have customers identified.
    identifies: bool,
    memory: Memory,
    /// The words that are not logged yet.
    unlogged: Vec<String>,
    now: Option<Matter>,
    waiting: Vec<Matter>,
    /// The words of matters that were left with nothing done, by their intents.
    left: BTreeMap<String, String>,
    /// The bytes of the prompt.
    pub(crate) prompt_bytes: usize,
    /// The intent for which the customer has to say what becomes of the matter at hand.
    wanted: Option<(String, Option<String>)>,
    /// A tool that an error's hint names, for the customer to agree to.
    offer: Option<String>,
    asked_who: bool,
    last: Value,
    told: Vec<String>,
}

/// What the model reads of a tool in the list.
struct ToolSpec {
    arguments: Vec<String>,
    required: Vec<String>,
    /// Arguments that are sent in place of another.
    in_place_of: BTreeMap<String, String>,
    provides: Vec<String>,
    reads: bool,
}

/// One wish of the customer, as far as it has come.
#[derive(Clone, Debug)]
struct Matter {
    intent: String,
    left: Vec<Step>,
    done: Vec<(Step, Map<String, Value>)>,
    /// The message that tells what it is about.
    words: Option<String>,
}

/// What comes after a step.
enum After {
    Go,
    /// The customer is asked this.
    Ask(String),
}

impl Free {
    pub(crate) async fn new(world: &World, graph: Option<&str>) -> Free {
        let arguments = graph.map(|graph| json!({ "graph": graph })).unwrap_or(json!({}));
        let request =
            GetPromptRequestParams::new("customer_service").with_arguments(arguments.as_object().unwrap().clone());
        let prompt = world.client.get_prompt(request).await.unwrap();
        let prompt = prompt.messages[0].content.as_text().unwrap().text.clone();
        let listed = world.client.list_all_tools().await.unwrap();
        let tools = listed.into_iter().map(|tool| (tool.name.to_string(), ToolSpec::of(&json!(tool)))).collect();
        Free {
            flows: prompt_script::read(&prompt),
            tools,
            identifies: prompt.contains("before anything is written, know who it is"),
            memory: Memory::default(),
            unlogged: vec![],
            now: None,
            waiting: vec![],
            left: BTreeMap::new(),
            prompt_bytes: prompt.len(),
            wanted: None,
            offer: None,
            asked_who: false,
            last: Value::Null,
            told: vec![],
        }
    }
}

impl Desk for Free {
    async fn hear(&mut self, said: &CustomerMessage, tools: &mut Tools<'_>) -> HeardReply {
        self.memory.hear(said);
        self.unlogged.push(said.words.clone());
        self.told.clear();
        let question = self.answer(said, tools).await;
        let says = [self.told.join(". "), question].join("\n");
        let offers = self.memory.choices.iter().map(|choice| choice.label.clone()).collect();
        HeardReply { says, offers, ..HeardReply::default() }
    }
}

impl Free {
    async fn answer(&mut self, said: &CustomerMessage, tools: &mut Tools<'_>) -> String {
        if let Some(tool) = self.offer.take()
            && said.agrees
        {
            return match self.call(&tool, &BTreeMap::new(), &said.words, tools).await {
                Ok(_) => self.go_on(tools).await,
                Err(error) => told(&error),
            };
        }
        if let Some((intent, words)) = self.wanted.take() {
            match said.means.switch.as_deref() {
                Some("stay") => return self.go_on(tools).await,
                Some("leave") => self.begin(&intent, words, false),
                _ => self.begin(&intent, words, true),
            }
            return self.go_on(tools).await;
        }
        let words = Some(said.words.clone()).filter(|words| tells_something(words));
        if let Some(intent) = said.means.intent.clone() {
            if !self.flows.iter().any(|flow| flow.intent == intent) {
                let can: Vec<&str> = self.flows.iter().map(|flow| flow.intent.as_str()).collect();
                return format!("I cannot do that. I can: {}", can.join("; "));
            }
            let current = self.now.as_ref().map(|now| now.intent.clone());
            let open =
                self.now.as_ref().is_some_and(|now| !now.left.is_empty() && !matches!(now.left[0], Step::When { .. }));
            if !open || current.as_ref() != Some(&intent) {
                let helps = open && (self.helps(&intent) || said.means.switch.as_deref() == Some("come_back"));
                if open && !helps && said.means.switch.is_none() {
                    self.wanted = Some((intent, words));
                    return "Shall we come back to the other matter afterwards, or leave it?".into();
                }
                self.begin(&intent, words, helps);
            }
        } else if let Some(now) = &mut self.now
            && (now.words.is_none() || said.means.choice.is_some())
            && let Some(words) = words
        {
            now.words = Some(now.words.take().map_or(words.clone(), |before| format!("{before}\n{words}")));
        }
        if said.means.switch.as_deref() == Some("leave") && said.means.intent.is_none() {
            self.now = self.waiting.pop();
        }
        self.rewind();
        self.go_on(tools).await
    }

    /// True if the intent serves the matter at hand, or is always open: a person, and who somebody is.
    fn helps(&self, intent: &str) -> bool {
        let steps = self.flows.iter().find(|flow| flow.intent == intent).map(|flow| &flow.steps[..]);
        let Some([Step::Do { text, .. }]) = steps else { return false };
        quoted(text).any(|tool| ["create_contact", "search_contacts", "create_task"].contains(&tool))
    }

    fn begin(&mut self, intent: &str, words: Option<String>, come_back: bool) {
        match self.now.take() {
            Some(now) if come_back => self.waiting.push(now),
            Some(Matter { intent, left, words: Some(words), .. }) if !left.is_empty() => {
                self.left.insert(intent, words);
            }
            _ => {}
        }
        let before = self.left.remove(intent);
        let words = [before, words].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let words = Some(words).filter(|words| !words.is_empty());
        let issue = self.memory.said.issue.take();
        self.memory.begin_matter();
        self.memory.said.issue = issue;
        let steps = self.flows.iter().find(|flow| flow.intent == intent).map(|flow| flow.steps.clone());
        self.now = steps.map(|left| Matter { intent: intent.to_owned(), left, done: vec![], words });
    }

    /// Goes back to the first step that would now be taken with other values.
    fn rewind(&mut self) {
        let Some(now) = self.now.clone() else { return };
        let changed = now.done.iter().position(|(step, before)| {
            let Some(tool) = self.tool_of(step) else { return false };
            let Some(spec) = self.tools.get(&tool).filter(|spec| spec.reads || tool == IDENTIFY) else { return false };
            let chosen = tool == "check_available" && self.memory.agreed.is_some();
            let customer = tool == IDENTIFY && self.memory.found.contains_key("contact_id");
            let other = |name: &String| {
                let value = self.memory.value(&tool, name);
                name != "chat" && value.is_some() && value.as_ref() != before.get(name) && before.contains_key(name)
            };
            !chosen && !customer && spec.arguments.iter().any(other)
        });
        if let (Some(at), Some(now)) = (changed, &mut self.now) {
            let again: Vec<Step> = now.done.split_off(at).into_iter().map(|(step, _)| step).collect();
            now.left.splice(0..0, again);
        }
    }

    fn tool_of(&self, step: &Step) -> Option<String> {
        let Step::Do { text, .. } = step else { return None };
        quoted(text).find(|name| self.tools.contains_key(*name)).map(str::to_owned)
    }

    /// Takes the steps that can be taken, and returns what has to be asked.
    async fn go_on(&mut self, tools: &mut Tools<'_>) -> String {
        for _ in 0..STEPS_MAX {
            let Some(now) = &mut self.now else { return "Is there anything else?".into() };
            let Some(step) = now.left.first().cloned() else {
                self.now = self.waiting.pop();
                if self.now.is_none() {
                    return "Is there anything else?".into();
                }
                continue;
            };
            match &step {
                Step::Again(id) => {
                    let steps = self.flows.iter().find_map(|flow| prompt_script::from(&flow.steps, id));
                    now.left = steps.unwrap_or_default();
                }
                Step::If { field, value, steps } => {
                    let holds = self.last.get(field).is_some_and(|found| found.to_string().trim_matches('"') == value);
                    if holds {
                        now.left = steps.clone();
                    } else {
                        now.left.remove(0);
                    }
                }
                Step::When { .. } => {
                    let ways: Vec<(String, Vec<Step>)> = now.left.iter().filter_map(way).collect();
                    let choice = self.memory.said.choice.take();
                    match ways.iter().find(|(name, _)| Some(name) == choice.as_ref()) {
                        Some((_, steps)) => now.left = steps.clone(),
                        None if choice.as_deref() == Some("none") => now.left.clear(),
                        None => {
                            let names: Vec<&str> = ways.iter().map(|(name, _)| name.as_str()).collect();
                            return format!("Is it one of these: {}?", names.join("; "));
                        }
                    }
                }
                Step::Do { .. } => match self.take(&step, tools).await {
                    After::Go => {}
                    After::Ask(question) => return question,
                },
            }
        }
        "Something went wrong here.".into()
    }

    async fn take(&mut self, step: &Step, tools: &mut Tools<'_>) -> After {
        let Step::Do { text, .. } = step else { return After::Go };
        let fixed = fixed(text);
        let words = self.now.as_ref().and_then(|now| now.words.clone()).unwrap_or_default();
        let Some(tool) = self.tool_of(step) else {
            self.told.push(text.clone());
            self.pass(step, Map::new());
            return After::Go;
        };
        if self.is_known(&tool) {
            self.pass(step, Map::new());
            return After::Go;
        }
        if tool == IDENTIFY && self.memory.value(&tool, "email").or(self.memory.value(&tool, "phone")).is_none() {
            return After::Ask("What is your e-mail address?".into());
        }
        if self.must_identify_before(&tool) {
            if self.memory.said.email.is_some() || self.memory.said.phone.is_some() {
                let _ = self.call(IDENTIFY, &BTreeMap::new(), &words, tools).await;
            } else if !self.asked_who {
                self.asked_who = true;
                return After::Ask("What is your e-mail address, so that we know who you are?".into());
            }
        }
        let (arguments, missing) = self.arguments(&tool, &fixed, &words);
        if let Some(name) = missing.first() {
            return After::Ask(self.question(&tool, name));
        }
        match self.call(&tool, &fixed, &words, tools).await {
            Ok(()) => {
                self.pass(step, arguments);
                let several =
                    self.memory.choices.iter().filter(|one| one.values.contains_key("contact_id")).count() > 1;
                match several && tool == "search_contacts" {
                    true => After::Ask("Which of these is it?".into()),
                    false => After::Go,
                }
            }
            Err(error) => After::Ask(self.bear(&tool, &error)),
        }
    }

    /// Decides what a failure asks for: the customer first of all, and a tool that its hint names.
    fn bear(&mut self, tool: &str, error: &Value) -> String {
        let hint = error["hint"].as_str().unwrap_or_default();
        let other = |name: &&str| *name != tool && self.tools.get(*name).is_some_and(|spec| !spec.reads);
        if tool != IDENTIFY {
            self.offer = quoted(hint).find(other).map(str::to_owned);
        }
        format!("{}. {hint}", told(error))
    }

    fn pass(&mut self, step: &Step, arguments: Map<String, Value>) {
        if let Some(now) = &mut self.now {
            now.left.retain({
                let mut first = true;
                move |other| !std::mem::take(&mut first) || other != step
            });
            now.done.push((step.clone(), arguments));
        }
    }

    /// True if everything that the tool would tell is known, and nothing waits to be logged by it.
    fn is_known(&self, tool: &str) -> bool {
        let Some(spec) = self.tools.get(tool) else { return false };
        let known = |name: &String| self.memory.found.contains_key(name);
        let logs = tool == IDENTIFY && !self.unlogged.is_empty() && !self.asked_who;
        let logs = logs && !self.memory.found.contains_key("logged_communication_id");
        !spec.provides.is_empty()
            && spec.provides.iter().all(known)
            && spec.provides.iter().all(|name| name.ends_with("_id"))
            && !logs
    }

    /// Before anything is written, the customer is known.
    fn must_identify_before(&self, tool: &str) -> bool {
        let spec = &self.tools[tool];
        self.identifies
            && !spec.reads
            && !self.memory.found.contains_key("contact_id")
            && spec.arguments.iter().any(|name| name == "contact")
            && !spec.required.iter().any(|name| name == "contact")
    }

    /// The arguments of a call, and the names of those that are missing.
    fn arguments(
        &self,
        tool: &str,
        fixed: &BTreeMap<String, String>,
        words: &str,
    ) -> (Map<String, Value>, Vec<String>) {
        let spec = &self.tools[tool];
        let (mut sent, mut missing) = (Map::new(), vec![]);
        for name in &spec.arguments {
            let replaced = spec.in_place_of.get(name).is_some_and(|other| sent.contains_key(other));
            let value = fixed.get(name).map(|value| json!(value)).or_else(|| self.words_for(tool, name, words));
            let required = spec.required.contains(name);
            let has_zone = self.memory.said.zone.is_some();
            let left_out = replaced || !required && (name == "slug" || name == "time_zone" && !has_zone);
            match value.or_else(|| self.memory.value(tool, name)) {
                Some(value) if !left_out => {
                    sent.insert(name.clone(), value);
                }
                None if required => missing.push(name.clone()),
                _ => {}
            }
        }
        if tool == "search_contacts" && sent.is_empty() {
            missing.push("query".into());
        }
        (sent, missing)
    }

    /// The customer's own words, for an argument that takes them.
    fn words_for(&self, tool: &str, name: &str, words: &str) -> Option<Value> {
        let about = self.memory.said.issue.clone().or_else(|| Some(words.to_owned()).filter(|words| !words.is_empty()));
        match (tool, name) {
            (IDENTIFY, "chat") => (!self.unlogged.is_empty()).then(|| self.unlogged.join("\n").into()),
            ("search_documents", "query") => about.or(self.unlogged.last().cloned()).map(Value::from),
            (_, "issue" | "note") => about.map(Value::from),
            (_, "reason") => about.or(self.unlogged.last().cloned()).map(Value::from),
            _ => None,
        }
    }

    fn question(&self, tool: &str, name: &str) -> String {
        let shown = self.memory.choices.iter().any(|choice| choice.values.contains_key("start"));
        match name {
            "meeting_date" | "meeting_start_time" if shown => "Which of these times suits you?".into(),
            "time_zone" => "In which time zone are you?".into(),
            "meeting_date" => "Which day suits you?".into(),
            "ticket_id" => "Which of these tickets is it?".into(),
            _ => format!("Please tell me: {name} for {tool}."),
        }
    }

    async fn call(
        &mut self,
        tool: &str,
        fixed: &BTreeMap<String, String>,
        words: &str,
        tools: &mut Tools<'_>,
    ) -> Result<(), Value> {
        let (arguments, _) = self.arguments(tool, fixed, words);
        let mut answer = tools.call(tool, arguments.clone()).await;
        let passes = |error: &Value| error["hint"].as_str().is_some_and(|hint| hint.contains("repeat the same call"));
        if answer.as_ref().is_err_and(passes) {
            answer = tools.call(tool, arguments.clone()).await;
        }
        match answer {
            Ok(answer) => {
                if arguments.contains_key("chat") {
                    self.unlogged.clear();
                }
                self.memory.learn(&answer);
                self.told.push(told(&answer));
                self.last = answer;
                Ok(())
            }
            Err(error) => {
                self.memory.learn(&error);
                Err(error)
            }
        }
    }
}

fn way(step: &Step) -> Option<(String, Vec<Step>)> {
    match step {
        Step::When { choice, steps } => Some((choice.clone(), steps.clone())),
        _ => None,
    }
}

/// The values that a step says to send: `stage` = `reopen`.
fn fixed(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split("` = `").collect::<Vec<_>>();
    let named = |pair: &[&str]| {
        let name = pair[0].rsplit('`').next().unwrap_or_default();
        let value = pair[1].split('`').next().unwrap_or_default();
        (name.to_owned(), value.to_owned())
    };
    pairs.windows(2).map(named).collect()
}

impl ToolSpec {
    fn of(tool: &Value) -> ToolSpec {
        let arguments = tool["inputSchema"]["properties"].as_object().cloned().unwrap_or_default();
        let names = |value: &Value| {
            value.as_array().into_iter().flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect()
        };
        let replaces = arguments.iter().filter_map(|(name, about)| {
            let other = about["description"].as_str()?.strip_prefix("In place of `")?.split('`').next()?;
            Some((name.clone(), other.to_owned()))
        });
        ToolSpec {
            required: names(&tool["inputSchema"]["required"]),
            in_place_of: replaces.collect(),
            provides: names(&tool["outputSchema"]["required"]),
            reads: tool["annotations"]["readOnlyHint"] == true,
            arguments: arguments.keys().cloned().collect(),
        }
    }
}

//! The memory of the test model: what the customer has said, what the tools have answered, and what it may choose from.
//! It passes nothing else on.

use frontdesk::rehearsal::customer::CustomerMessage;
use frontdesk::rehearsal::scenario::Means;
use frontdesk::rehearsal::text::folded;
use serde_json::{Map, Value, json};

/// Everything that the model knows in a conversation.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// What the customer has said so far, the newest of each.
    pub(crate) said: Means,
    /// The values of the answers, by their names.
    pub(crate) found: Map<String, Value>,
    /// The things that the last answers list.
    pub(crate) choices: Vec<Choice>,
    /// The start of a meeting that was shown and agreed to.
    pub(crate) agreed: Option<String>,
    /// The ids of what a booking form asks consent for.
    consents: Vec<Value>,
    /// The last message says how or by whom they are answered: it belongs to the task that was made before.
    changes_task: bool,
}

/// One of several things that an answer lists, such as a ticket, a person or a free time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) values: Map<String, Value>,
}

/// The fewest words that tell what is wrong, and not only what is wanted.
const WORDS_MIN: usize = 5;
/// The names of lists that can be chosen from begin with one of these fields.
const IDS: [&str; 4] = ["contact_id", "ticket_id", "meeting_id", "start"];

impl Memory {
    /// Takes in a message.
    pub(crate) fn hear(&mut self, said: &CustomerMessage) {
        let new = &said.means;
        self.changes_task = new.reach.is_some() || new.owner.is_some();
        let data = self.said.data.clone().into_iter().chain(new.data.clone()).collect();
        let form = self.said.form.clone().into_iter().chain(new.form.clone()).collect();
        let old = self.said.clone();
        if new.day.is_some() || (new.time.is_some() && self.start_at(new.time.as_deref()).is_none()) {
            self.agreed = None;
        }
        if new.email.as_ref().is_some_and(|email| old.email.as_ref().is_some_and(|before| before != email)) {
            self.found.clear(); // It was about somebody else.
        }
        self.said = Means {
            intent: new.intent.clone(),
            choice: new.choice.clone(),
            about: new.about.clone(),
            switch: new.switch.clone(),
            issue: new.issue.clone().or(old.issue),
            email: new.email.clone().or(old.email),
            phone: new.phone.clone().or(old.phone),
            name: new.name.clone().or(old.name),
            day: new.day.clone().or(old.day),
            time: new.time.clone().or(old.time.filter(|_| new.day.is_none())),
            zone: new.zone.clone().or(old.zone),
            duration: new.duration.or(old.duration),
            reach: new.reach.clone().or(old.reach),
            owner: new.owner.clone(),
            correction: new.correction,
            no_ticket: new.no_ticket,
            consents: new.consents || old.consents,
            data,
            form,
        };
        self.choose(said);
    }

    /// Takes one of the things shown: the one that is meant, or the first free time if that is all they agree to.
    fn choose(&mut self, said: &CustomerMessage) {
        let start = self.start_at(said.means.time.as_deref());
        let first = said.agrees && said.means.time.is_none();
        let all = first.then(|| self.starts().next().cloned()).flatten();
        let asked = self.start_at(self.said.time.as_deref()).filter(|_| said.agrees && said.means.day.is_none());
        let meant = said.means.about.as_deref().and_then(|about| self.meant(about));
        if let Some(choice) = meant.or(start).or(asked).or(all) {
            self.agreed = choice.values.get("start").and_then(Value::as_str).map(str::to_owned).or(self.agreed.take());
            self.found.extend(choice.values.clone());
            self.choices.clear();
        }
    }

    fn starts(&self) -> impl Iterator<Item = &Choice> {
        self.choices.iter().filter(|choice| choice.values.contains_key("start"))
    }

    fn start_at(&self, time: Option<&str>) -> Option<Choice> {
        let time = time?;
        let fits =
            |choice: &&Choice| choice.values["start"].as_str().is_some_and(|start| start[11..].starts_with(time));
        self.starts().find(fits).cloned()
    }

    /// The only one of the things shown that these words fit.
    fn meant(&self, about: &str) -> Option<Choice> {
        let mut fitting = self.choices.iter().filter(|choice| folded(&choice.label).contains(&folded(about)));
        let first = fitting.next().cloned()?;
        fitting.next().is_none().then_some(first)
    }

    /// Takes in the answer of a tool, or its error.
    pub(crate) fn learn(&mut self, answer: &Value) {
        let listed = choices(answer);
        if let [only] = &listed[..]
            && !only.values.contains_key("start")
        {
            self.found.extend(only.values.clone());
        }
        if !listed.is_empty() {
            self.choices = listed;
        }
        self.take(answer);
        if let Some(consents) = answer["consents"].as_array() {
            self.consents =
                consents.iter().filter_map(|one| one.get("id").or(one.get("consent_id")).cloned()).collect();
        }
    }

    /// The single values of an answer.
    fn take(&mut self, answer: &Value) {
        for (name, value) in answer.as_object().into_iter().flatten() {
            match value {
                Value::Object(_) if name != "changes" => self.take(value),
                Value::String(_) | Value::Number(_) => {
                    self.found.insert(name.clone(), value.clone());
                }
                _ => {}
            }
        }
    }

    /// Forgets what belongs to one matter alone.
    pub(crate) fn begin_matter(&mut self) {
        self.found.remove("ticket_id");
        self.choices.clear();
        self.agreed = None;
        self.said.issue = None;
    }

    fn text(&self, name: &str) -> Option<Value> {
        self.found.get(name).filter(|value| value.as_str() != Some("")).cloned()
    }

    /// The value for an argument with this name, if it is known.
    pub(crate) fn value(&self, tool: &str, name: &str) -> Option<Value> {
        let said = &self.said;
        let stated = |value: &Option<String>| value.clone().map(Value::from);
        let agreed = |from: usize, to: usize| self.agreed.as_ref().map(|start| Value::from(&start[from..to]));
        let known_email = || self.text("contact_email").or(self.text("email"));
        match name {
            "cus_cid" | "contact" => self.text("contact_id"),
            "ticket_id" | "slug" | "owner_id" => self.text(name),
            "owner" if tool == "create_task" => stated(&said.owner),
            "task_id" if tool == "create_task" => self.text(name).filter(|_| self.changes_task),
            "email" => stated(&said.email).or_else(known_email),
            "phone" => stated(&said.phone),
            "cus_email" => known_email().or(stated(&said.email)),
            "cus_fname" => self.text("contact_first_name").or(self.text("firstname")).or(Some("".into())),
            "cus_lname" => self.text("contact_last_name").or(self.text("lastname")).or(Some("".into())),
            "time_zone" => stated(&said.zone).or_else(|| self.text("time_zone").filter(|_| tool == "create_meeting")),
            "meeting_date" if tool == "create_meeting" => agreed(0, 10),
            "meeting_date" => {
                Some(Value::from([said.day.as_deref()?, said.time.as_deref().unwrap_or("")].join(" ").trim()))
            }
            "meeting_start_time" => agreed(11, 16),
            "duration" => said.duration.map(Value::from).or(self.text(name).filter(|_| tool == "create_meeting")),
            "query" if tool == "search_contacts" => stated(&said.name).or(stated(&said.phone)).or(stated(&said.email)),
            "reach" => stated(&said.reach)
                .or(stated(&said.phone))
                .or_else(|| stated(&said.email).filter(|_| !self.found.contains_key("contact_id"))),
            "properties" if ["create_contact", "update_contact"].contains(&tool) => self.properties(tool),
            "form_fields" => (!said.form.is_empty()).then(|| json!(said.form)),
            "consents" => (said.consents && !self.consents.is_empty()).then(|| json!(self.consents)),
            _ => None,
        }
    }

    /// The values of a contact. A new one also has what tells who they are.
    fn properties(&self, tool: &str) -> Option<Value> {
        let mut all = self.said.data.clone();
        if tool == "create_contact" {
            let own = [("email", &self.said.email), ("phone", &self.said.phone)];
            all.extend(own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))));
        }
        (!all.is_empty()).then(|| json!(all))
    }
}

/// True if a message tells more than its intent.
pub(crate) fn tells_something(words: &str) -> bool {
    words.split_whitespace().count() >= WORDS_MIN
}

/// The things with an id, and the free times, that an answer lists.
fn choices(answer: &Value) -> Vec<Choice> {
    let mut all = vec![];
    for (name, value) in answer.as_object().into_iter().flatten() {
        match value {
            Value::Array(list) if !name.starts_with("busy") && !name.ends_with("_unix") && name != "past" => {
                all.extend(list.iter().filter_map(|entry| choice(entry).or_else(|| start(name, entry, answer))));
            }
            Value::Object(_) => all.extend(choices(value)),
            _ => {}
        }
    }
    all
}

/// A free start that is told as `13:00` of the answer's day, or with its own day.
fn start(list: &str, entry: &Value, answer: &Value) -> Option<Choice> {
    let text = entry.as_str().filter(|_| ["available_slots", "next_free_slots"].contains(&list))?;
    let whole = if text.len() == 5 { format!("{} {text}", answer["date"].as_str()?) } else { text.to_owned() };
    let minute = whole.get(whole.len().checked_sub(16)?..)?.replace(' ', "T");
    Some(Choice { values: Map::from_iter([("start".to_owned(), json!(minute))]), label: minute })
}

fn choice(entry: &Value) -> Option<Choice> {
    let fields = entry.as_object()?;
    IDS.iter().any(|id| fields.contains_key(*id)).then_some(())?;
    let mut values = Map::new();
    for (name, value) in fields.iter().chain(fields.get("properties").and_then(Value::as_object).into_iter().flatten())
    {
        let kept = IDS.contains(&name.as_str()) || ["email", "firstname", "lastname"].contains(&name.as_str());
        if kept && (name != "start" || !fields.contains_key("meeting_id")) {
            values.insert(name.clone(), value.clone());
        }
    }
    Some(Choice { label: told(entry), values })
}

/// What an answer tells a customer: its texts and numbers, without ids and addresses of pages.
pub(crate) fn told(answer: &Value) -> String {
    let mut parts = vec![];
    tell(answer, &mut parts);
    parts.join(", ")
}

/// Fields that are for the model alone.
const NOT_TOLD: [&str; 8] =
    ["instruction", "session", "score", "position", "hint", "updated_at", "example", "searched"];

fn tell(value: &Value, parts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let shown = |name: &str| {
                !NOT_TOLD.contains(&name)
                    && !["_id", "_ids", "url", "link", "_unix"].iter().any(|end| name.ends_with(end))
            };
            for (_, value) in fields.iter().filter(|(name, _)| shown(name)) {
                tell(value, parts);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| tell(value, parts)),
        Value::String(text) => parts.push(text.clone()),
        Value::Number(number) => parts.push(number.to_string()),
        Value::Bool(_) | Value::Null => {}
    }
}

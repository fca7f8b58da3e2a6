//! The tasks that colleagues have for the customer at hand. A value by itself that comes after them, such as how the customer
//! is reached, is written into them and makes no other.

use serde_json::{Map, Value};

use super::{
    event::{Event, Failure},
    failure_response,
    intents::{self, Found},
    navigation::Navigator,
    said_before::SAID_BEFORE,
    state::{CONTACT, Phase, State},
    task_title,
    toolbox::{self, APPOINTMENT, DUE, OWNER, REACH, TASK, TASK_TOOL, TICKET},
    waiting::PassedOn,
    words,
};
use domain::code::Code;

/// The most tasks that are kept; the oldest are dropped.
const TASKS_MAX: usize = 20;
/// The argument with the contact whose task it is.
const OF_CONTACT: &str = "contact";
/// The argument with the wish.
const REASON: &str = "reason";
/// The value of the owner that names the contact's.
const CONTACT_OWNER: &str = "contact_owner";
/// The values that change the newest task where nothing else is asked for.
const OF_NEWEST: &[&str] = &[OWNER, DUE, "time_zone", "subject"];

impl Navigator<'_> {
    /// Keeps what a task says, under its id.
    pub(super) fn note_task(&mut self, tool: &str, sent: &Map<String, Value>, result: &Value) {
        let takes = tool == TASK_TOOL && self.context.spec_of(tool).is_some_and(|spec| spec.has(TASK));
        let Some(id) = result.get(TASK).filter(|_| takes) else { return };
        let mut task = sent.clone();
        task.insert(TASK.to_owned(), id.clone());
        if self.state.handed_off.as_ref().is_some_and(|sent| sent.get(TASK) == Some(id)) {
            self.state.handed_off = Some(task.clone());
        }
        self.state.tasks.retain(|told| told.get(TASK) != Some(id));
        if self.state.tasks.len() >= TASKS_MAX {
            self.state.tasks.remove(0);
        }
        self.state.tasks.push(task);
    }

    /// Has the tasks changed that are there, as far as the values are not those of the matter at hand. Returns `true` if the
    /// message is no other matter.
    pub(super) fn change_told_tasks(&mut self, event: &Event) -> bool {
        let names: Vec<String> = event.slots.keys().map(|given| self.context.argument(given)).collect();
        let says = |name: &str| names.iter().any(|said| said == name);
        let asks_person = self.asks_for_person(event);
        let refuses = event.refuses() && matches!(self.state.phase, Phase::Finish | Phase::Close);
        if event.tool_result.is_some() || (event.intent.is_some() && !asks_person && !refuses) {
            return false;
        }
        let is_next = asks_person || (event.switch.is_some() && !refuses) || self.is_unfinished();
        let alone = !is_next && self.context.is_hand_off(self.node());
        let last = self.state.tasks.len().saturating_sub(1);
        let mut changes: Vec<Map<String, Value>> = vec![];
        for (position, task) in self.state.tasks.iter().enumerate() {
            let mut change = Map::new();
            // The request at hand takes the value itself.
            let is_at_hand =
                asks_person && self.state.handed_off.as_ref().is_some_and(|sent| sent.get(TASK) == task.get(TASK));
            if says(REACH) && !is_at_hand {
                change.extend(self.said_newly(REACH, task));
            }
            if alone && position == last {
                change
                    .extend(OF_NEWEST.iter().filter(|name| says(name)).filter_map(|name| self.said_newly(name, task)));
                if says(TICKET) {
                    change.extend(self.other_ticket(task));
                }
            }
            if alone && says(APPOINTMENT) {
                change.extend(self.wish_of_appointment(task));
            }
            changes.extend(Some(change).filter(|change| !change.is_empty()).map(|change| merged(task, change)));
        }
        let only_reach = event.intent.is_none() && event.switch.is_none() && names.iter().all(|name| name == REACH);
        let takes_words = (!is_next || only_reach) && !changes.is_empty();
        if takes_words {
            self.add_words(&mut changes);
        } else if alone && refuses {
            changes = self.taken_back();
        }
        if alone && takes_words {
            let used = |name: &str| [OF_NEWEST, &[TICKET, APPOINTMENT]].concat().contains(&name);
            self.state.known.retain(|name, _| !(used(name) && says(name)));
        }
        self.state.changes = changes;
        let is_told_of_ticket = self.state.handed_off.as_ref().is_some_and(|sent| sent.contains_key(TICKET));
        if asks_person && is_told_of_ticket && says(TICKET) && !self.state.known.contains_key(TICKET) {
            self.state.handed_off = None; // It is another request than the one about the ticket.
        }
        takes_words
    }

    /// Returns `true` if the intent of the event brings a person.
    fn asks_for_person(&self, event: &Event) -> bool {
        let Some(name) = &event.intent else { return false };
        match intents::find(&self.offers(), &self.state, self.context.graph, name) {
            Found::Edge(edge) => self.leads_to_person(edge),
            _ => false,
        }
    }

    /// The value that was said for this argument, unless the task says it.
    fn said_newly(&self, name: &str, task: &Map<String, Value>) -> Option<(String, Value)> {
        let said = self.state.known.get(name).filter(|known| !known.refused && !known.stale)?;
        (task.get(name) != Some(&said.value)).then(|| (name.to_owned(), said.value.clone()))
    }

    /// The change of a task that is about another ticket than it says, or about none: then the contact's owner has it.
    fn other_ticket(&self, task: &Map<String, Value>) -> Option<(String, Value)> {
        if self.state.known.contains_key(TICKET) {
            return self.said_newly(TICKET, task);
        }
        let usual = task.contains_key(TICKET) && !task.contains_key(OWNER);
        usual.then(|| (OWNER.to_owned(), CONTACT_OWNER.into()))
    }

    /// The change of a task about one of the appointments that are named: what was told last holds for it too.
    fn wish_of_appointment(&self, task: &Map<String, Value>) -> Option<(String, Value)> {
        let named = self.state.known.get(APPOINTMENT).filter(|known| !known.stale)?;
        let named = toolbox::named_appointments(&self.state.appointments, &named.value);
        let is_meant = |told: &&PassedOn| {
            Some(&told.task) == task.get(TASK) && told.appointments.iter().any(|one| named.contains(one))
        };
        self.state.passed_on.iter().find(is_meant)?;
        let before = task.get(REASON)?.as_str()?;
        let wish = &self.state.told.as_ref()?.words;
        (!words::say_all_of(before, wish)).then(|| (REASON.to_owned(), format!("{wish}\n{SAID_BEFORE}{before}").into()))
    }

    /// The changes of the tasks of the last wish where what is said with a "no" or a goodbye tells something: the wish is off,
    /// or another. Only whoever reads it knows which.
    fn taken_back(&mut self) -> Vec<Map<String, Value>> {
        let graph = self.context.graph;
        let Some(text) = self.state.unheard.take_if(|text| task_title::tells_matter(text, graph)) else {
            return vec![];
        };
        let turn = self.state.passed_on.iter().map(|told| told.turn).max();
        let last = |told: &&PassedOn| Some(told.turn) == turn;
        let of_wish: Vec<&Value> = self.state.passed_on.iter().filter(last).map(|told| &told.task).collect();
        let newest = self.state.tasks.last().and_then(|task| task.get(TASK));
        // The newest task is one about appointments, or one of a request after them.
        let about = |id: &Value| {
            Some(id) == newest || (newest.is_some_and(|id| of_wish.contains(&id)) && of_wish.contains(&id))
        };
        let tasks = self.state.tasks.iter().filter(|task| task.get(TASK).is_some_and(about));
        let changes = tasks.map(|task| {
            let before = task.get(REASON).and_then(Value::as_str).unwrap_or_default();
            let reason = (REASON.to_owned(), format!("{text}\n{SAID_BEFORE}{before}").into());
            merged(task, Map::from_iter([reason]))
        });
        let changes = changes.collect();
        self.state.note_told(&text);
        changes
    }

    /// Adds what was said beside the values to what the tasks say.
    fn add_words(&mut self, changes: &mut [Map<String, Value>]) {
        let text = self.state.unheard.take().unwrap_or_default();
        if !words::tell_something(&text, &self.state, self.context.graph) {
            return;
        }
        for change in changes {
            let before = change.get(REASON).and_then(Value::as_str).unwrap_or_default();
            if !words::say_all_of(before, &text) {
                change.insert(REASON.to_owned(), format!("{before}\n{text}").into());
            }
        }
        self.state.note_told(&text);
    }

    /// Whoever was a stranger when colleagues were asked is a contact now: the tasks are linked to them.
    pub(super) fn link_told_tasks(&mut self, tool: &str) {
        let contact = self.state.known.get(CONTACT).map(|known| known.value.clone());
        let Some(contact) = contact.filter(|_| tool == toolbox::ADD_TOOL && self.state.is_added()) else { return };
        let of_nobody = self.state.tasks.iter().filter(|task| !task.contains_key(OF_CONTACT));
        let link = Map::from_iter([(OF_CONTACT.to_owned(), contact)]);
        self.state.changes = of_nobody.map(|task| merged(task, link.clone())).collect();
    }

    /// Takes the answer to the change that is due.
    pub(super) fn record_change(&mut self, result: &Value) {
        let mut change = self.state.changes.remove(0);
        let Some(failure) = Failure::read(result) else {
            self.note_task(TASK_TOOL, &change, result);
            return self.note_told_now(change.get(TASK).or(result.get(TASK)));
        };
        // It is done, gone or too old: another is made.
        let is_over = failure.code == Code::InvalidInput.as_str() && failure.named().iter().any(|name| name == TASK);
        if !is_over {
            return self.change_without_fault(change, &failure);
        }
        if let Some(id) = change.remove(TASK) {
            self.state.tasks.retain(|told| told.get(TASK) != Some(&id));
            self.state.passed_on.retain(|told| told.task != id);
            self.state.changes.insert(0, change);
        }
    }

    /// Names the values that the failure is about, and writes the others. Where nobody knows which they are, nothing is sent
    /// again, and the words are kept for the next colleague who is asked.
    fn change_without_fault(&mut self, mut change: Map<String, Value>, failure: &Failure) {
        let told = |told: &&Map<String, Value>| told.get(TASK) == change.get(TASK);
        let task = self.state.tasks.iter().find(told).cloned().unwrap_or_default();
        let new: Vec<String> = change.keys().filter(|name| change.get(*name) != task.get(*name)).cloned().collect();
        let is_faulty = |name: &String| name != REASON && failure_response::blames(failure, name);
        let (faulty, good): (Vec<String>, Vec<String>) = new.into_iter().partition(is_faulty);
        let reason = [failure.code.as_str(), &failure.message].join(": ");
        let reason = reason.trim_end_matches([':', ' ']).to_owned();
        if faulty.is_empty() {
            let said = change.get(REASON).and_then(Value::as_str).unwrap_or_default();
            let before = task.get(REASON).and_then(Value::as_str).unwrap_or_default();
            let words =
                said.strip_prefix(before).or_else(|| said.split_once(&format!("\n{SAID_BEFORE}")).map(|(new, _)| new));
            self.state.keep_untold(words.unwrap_or(said), self.context.graph);
            let shown = |name: &String| if name == REASON { "user_text".to_owned() } else { name.clone() };
            return good.iter().for_each(|name| self.state.ignore(&shown(name), &reason));
        }
        for name in faulty {
            self.state.ignore(&name, &reason);
            change.remove(&name);
            change.extend(task.get(&name).map(|before| (name, before.clone())));
        }
        if !good.is_empty() {
            self.state.changes.insert(0, change);
        }
    }
}

impl Navigator<'_> {
    /// The task says now what was told last.
    fn note_told_now(&mut self, task: Option<&Value>) {
        let turn = self.state.passed_on.iter().map(|told| told.turn).max().unwrap_or_default();
        for told in self.state.passed_on.iter_mut().filter(|told| Some(&told.task) == task) {
            told.turn = turn;
        }
    }
}

/// The values of a task with those that change.
fn merged(task: &Map<String, Value>, change: Map<String, Value>) -> Map<String, Value> {
    task.clone().into_iter().chain(change).collect()
}

impl State {
    /// Forgets the tasks of the customer at hand: the next one is somebody else.
    pub(super) fn forget_tasks(&mut self) {
        self.tasks.clear();
        self.changes.clear();
    }

    /// The appointments of which colleagues were told before the last wish, and which it did not name.
    pub(super) fn told_before(&self) -> Vec<&Value> {
        let Some(last) = self.passed_on.last() else { return vec![] };
        let before = self.passed_on.iter().filter(|told| told.turn < last.turn);
        before.flat_map(|told| &told.appointments).filter(|one| !last.appointments.contains(one)).collect()
    }
}

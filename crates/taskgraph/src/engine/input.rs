//! The handling of an event: what was said, slots, intents, decisions. `results` handles what tools answered.

use serde_json::Value;

use super::{
    action::Action,
    arguments,
    error::StepError,
    event::{Event, Failure, Switch},
    intents::{self, Found},
    known_value::{KnownValue, Source},
    missing,
    navigation::{CurrentTopic, Navigator},
    next_action, shown_times,
    state::{CONTACT, Phase, State},
    task_title,
    toolbox::{self, REACH, Words},
    topic::Topic,
    words,
};
use crate::{
    graph::{Edge, Intent},
    instructions::{DeadEnd, FINISH_AND_GO_ON},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

impl Navigator<'_> {
    pub(super) fn finish(mut self) -> (State, Vec<Action>) {
        let last = next_action::current(&self.state, self.context);
        if self.state.phase == Phase::Finish {
            // The end of what went on says the same.
            self.preceding.retain(|said| *said != next_action::say(FINISH_AND_GO_ON.to_owned()));
        }
        self.name_doubted(&last);
        self.preceding.push(last);
        (self.state, self.preceding)
    }

    /// Handles a call by the server that was interrupted before its result was stored. It fails, with an unknown
    /// outcome unless the tool is idempotent.
    pub(super) fn close_interrupted_call(&mut self, event: &Event) {
        let called = self.state.calling_until_ms.take();
        if event.tool_result.is_none() && !self.state.changes.is_empty() {
            return self.state.changes.clear(); // The customer goes on.
        }
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        if let (Some(_), None, false) = (called, &event.tool_result, tool.is_empty()) {
            let repeatable = self.context.tools.tools.get(tool).is_some_and(|spec| spec.repeatable);
            let message = "the server was interrupted while it called the tool";
            let code = if repeatable { "TIMEOUT_ERROR" } else { "OUTCOME_UNKNOWN_ERROR" };
            self.fail(tool, Failure::of(code, message));
        }
    }

    /// Keeps the customer's message. Returns `false` if there is none. A message that only states a slot says nothing
    /// else.
    pub(super) fn record_text(&mut self, event: &Event) -> bool {
        let text = event.user_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let Some(text) = text else { return false };
        self.state.turn += 1;
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |said| said.trim().to_owned());
        let of_slot = event.slots.iter().any(|(name, value)| shown(value) == text && self.is_short(name));
        if !of_slot {
            let tells = |text: &String| words::tell_something(text, &self.state, self.context.graph);
            let before = self.state.unheard.clone().filter(|before| self.is_between_topics() && tells(before));
            self.state.keep_message(text);
            self.state.keep_untold(text, self.context.graph);
            self.state.unheard = self.added(before, self.state.unheard.clone());
        }
        true
    }

    /// Passes over what was said with a "no" or a goodbye: it is logged, and begins no other matter.
    pub(super) fn pass_over_refusal(&mut self, event: &Event) {
        if event.refuses() {
            self.name_unwritten_refusal();
            self.state.unheard = None;
            let text = event.user_text.as_deref().unwrap_or_default().trim();
            let graph = self.context.graph;
            // "Fine, that is all" is nothing for a colleague.
            self.state.untold.retain(|untold| untold != text || task_title::tells_matter(text, graph));
        }
    }

    /// Says that what came with a "no" after something was done stands nowhere: it may take that back.
    fn name_unwritten_refusal(&mut self) {
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        let was_done =
            !tool.is_empty() && self.acts(tool) && self.state.is_complete() && self.state.phase == Phase::Close;
        // Of a request that was passed on, a word may be enough: "forget it". Elsewhere it is rather a goodbye.
        let words_min = if self.context.is_hand_off(self.node()) { 1 } else { task_title::MATTER_WORDS_MIN };
        let tells = |text: &String| task_title::matter_words(text, self.context.graph) >= words_min;
        if was_done && self.state.unheard.as_ref().is_some_and(tells) {
            self.state.ignore("user_text", &StepError::RefusalNotWritten);
        }
    }

    /// Returns `true` if no topic is running that has heard what was said.
    fn is_between_topics(&self) -> bool {
        matches!(self.state.phase, Phase::Finish | Phase::Close | Phase::Choose | Phase::DeadEnd { .. })
            && !self.is_unfinished()
    }

    /// Returns `true` if the customer's words are not the value of this argument themselves.
    fn is_short(&self, name: &str) -> bool {
        let name = self.context.argument(name);
        !toolbox::WORD_ARGUMENTS.iter().any(|(_, argument, _)| *argument == name)
    }

    pub(super) fn skip_node(&mut self) -> Result<(), StepError> {
        if !self.node().can_skip || !matches!(self.state.phase, Phase::Fill | Phase::Speak) {
            return Err(StepError::NothingToSkip);
        }
        if let Some(last) = self.state.path.last_mut() {
            last.skipped = true;
        }
        self.state.done.insert(self.state.at.clone());
        self.state.phase = Phase::Choose;
        self.advance();
        Ok(())
    }

    /// Handles a message of the customer without an intent.
    pub(super) fn handle_text(&mut self, event: &Event) {
        match self.state.phase {
            Phase::Speak => self.advance(),
            Phase::Finish | Phase::Close | Phase::DeadEnd { .. } => {
                self.name_unwritten();
                self.choose();
            }
            Phase::Fill if event.slots.is_empty() => self.hear_answer(),
            Phase::Fill => self.add_to_matter(event),
            Phase::Choose | Phase::Offer | Phase::Switch { .. } => {}
        }
    }

    /// Says that a message after the end of a matter stands nowhere yet: it is kept for the next one.
    fn name_unwritten(&mut self) {
        let tells = |text: &String| words::tell_something(text, &self.state, self.context.graph);
        if self.state.logged && self.state.unheard.as_ref().is_some_and(tells) {
            self.state.ignore("user_text", &StepError::NotWritten);
        }
    }

    /// Says that nobody reads yet how the customer is reached: it is kept for the person whom they ask for.
    pub(super) fn name_kept_reach(&mut self, event: &Event) {
        let said = event.slots.keys().any(|name| self.context.argument(name) == REACH);
        let told = !self.state.tasks.is_empty() || self.context.is_hand_off(self.node());
        let waits = self.state.known.contains_key(CONTACT) || self.state.phase != Phase::Fill;
        if said && !told && waits && !self.takes_ahead(&[REACH.to_owned()]) {
            self.state.ignore(REACH, &StepError::KeptForPerson);
        }
    }

    /// Whoever was asked how to reach them and says something else is not asked again.
    pub(super) fn stop_asking_reach(&mut self) {
        let hands_off = self.context.is_hand_off(self.node());
        self.state.reach_asked |= hands_off && self.state.phase == Phase::Fill;
    }

    /// Whoever was asked how long the meeting is to be and names a start without it is not asked again.
    pub(super) fn stop_asking_length(&mut self, event: &Event) {
        let books = self.context.own_tool(self.node()) == Some(toolbox::BOOKING_TOOL);
        let named = event.slots.keys().any(|name| self.context.argument(name) == shown_times::START);
        self.state.length_asked |= books && named && self.state.phase == Phase::Fill;
    }

    /// Adds what was said beside values to the words that the tool at hand takes: "the second one; rather on Friday".
    fn add_to_matter(&mut self, event: &Event) {
        let tool = arguments::own_tool(&self.state, self.context, self.node());
        let takes = toolbox::WORD_ARGUMENTS.iter().find(|(of, _, words)| *of == tool && *words != Words::Conversation);
        let Some((_, argument, words)) = takes else { return };
        let stated = event.slots.keys().any(|name| self.context.argument(name) == *argument);
        let tells = |text: &mut String| words::tell_something(text, &self.state, self.context.graph);
        let mut heard = self.state.unheard.clone().filter(|_| !stated);
        let Some(text) = heard.take_if(tells) else { return };
        self.state.unheard = None;
        let before = self.state.words.take();
        self.state.words = match before {
            // A person also reads the wish with which they came.
            Some(before) if *words == Words::Request && !words::say_all_of(&text, &before) => {
                Some(format!("{before}\n{text}"))
            }
            // Of what the customer came with, a single word tells something: "it is loud again".
            Some(before) if words::telling(&before).next().is_some() && !words::say_all_of(&text, &before) => {
                Some(format!("{before}\n{text}"))
            }
            before => self.added(before, Some(text)),
        };
    }

    /// Takes a message as the answer to the only thing that is asked, if that is the matter in the customer's words.
    fn hear_answer(&mut self) {
        let missing = missing::missing(&self.state, self.context, self.node());
        let tool = self.context.own_tool(self.node()).unwrap_or_default();
        let wanted = match &missing[..] {
            [only] => toolbox::words_for(tool, &only.name) == Some(Words::Matter),
            _ => false,
        };
        if let Some(text) = self.state.unheard.take_if(|_| wanted) {
            let name = missing[0].name.clone();
            self.state.failed = None; // It was about what was said before.
            if self.state.known.get(&name).is_some_and(|known| known.refused) {
                // What was stated is kept beside it.
                self.state.answer = Some(text);
                return;
            }
            self.state.known.insert(name, KnownValue::of(text.into(), Source::Said(self.state.steps)));
        } else if self.state.words.is_none() {
            self.state.words = self.state.unheard.clone();
        }
    }

    pub(super) fn handle_intent(&mut self, name: &str, switch: Option<Switch>, event: &Event) -> Result<(), StepError> {
        if let Phase::Switch { was, .. } = self.state.phase.clone() {
            self.state.phase = *was;
        }
        if Intent::is_none_of_these(name) {
            self.handle_no_intent(event);
            return Ok(());
        }
        let offers = self.offers();
        let unusable = match intents::find(&offers, &self.state, self.context.graph, name) {
            Found::Edge(edge) => {
                self.select_edge(edge, switch);
                return Ok(());
            }
            Found::Nothing if self.takes_sibling(name) => return Ok(()),
            Found::Nothing if let Some((beginning, ahead)) = self.named_ahead(name) => {
                self.select_edge(beginning, switch);
                self.state.ahead = Some(ahead);
                self.go_ahead();
                return Ok(());
            }
            Found::Nothing if self.is_over_limit(name) => {
                self.report_limit();
                return Ok(());
            }
            Found::Nothing if self.is_current_topic(name) => return Ok(()),
            Found::Nothing if event.user_text.is_some() && self.is_current_step(name) => {
                self.handle_text(event);
                return Ok(());
            }
            Found::Several(offered) => StepError::AmbiguousIntent { given: name.to_owned(), offered },
            Found::Nothing => {
                let offered = offers.into_iter().map(|offer| offer.name).collect();
                StepError::UnknownIntent { given: name.to_owned(), offered }
            }
        };
        let alone = Event { intent: event.intent.clone(), ..Event::default() } == *event;
        if alone {
            return Err(unusable);
        }
        self.state.ignore("intent", &unusable);
        if !matches!(self.state.phase, Phase::Fill | Phase::Switch { .. }) {
            self.choose();
        }
        Ok(())
    }

    /// Takes another way from the node before, where the one that was taken has ended.
    fn takes_sibling(&mut self, name: &str) -> bool {
        let ended = matches!(self.state.phase, Phase::Finish | Phase::Close | Phase::Choose) && !self.is_unfinished();
        let ways = if ended { intents::siblings(&self.state, self.context) } else { vec![] };
        let Found::Edge(edge) = intents::find(&ways, &self.state, self.context.graph, name) else { return false };
        let is_way = ways.iter().any(|way| std::ptr::eq(way.edge, edge));
        if is_way {
            self.state.at = edge.from.clone();
            self.follow(edge);
        }
        is_way
    }

    /// Waits for an intent. A conversation that can only begin with its first tool begins there again.
    pub(super) fn choose(&mut self) {
        self.state.phase = Phase::Choose;
        let start = self.context.graph.start();
        let open = start.limit.is_none_or(|limit| self.state.visited(&start.id) < limit);
        if open && self.offers().is_empty() && !self.state.done.contains(&start.id) {
            self.go_to(&start.id);
        }
    }

    /// Returns `true` if the intent is that of the current topic, which is not finished.
    fn is_current_topic(&self, name: &str) -> bool {
        let topic = self.state.topic.as_ref().map(Topic::intent);
        self.is_unfinished() && topic == Some(&Intent::key_of(name))
    }

    /// Returns `true` if the step at hand began with this intent: what comes with it belongs to it.
    fn is_current_step(&self, name: &str) -> bool {
        let leads_here = |edge: &Edge| edge.intent.as_ref().is_some_and(|intent| intent.key == Intent::key_of(name));
        let mut ways = self.context.graph.edges().iter().filter(|edge| edge.to == self.state.at);
        self.state.phase == Phase::Fill && ways.any(leads_here)
    }

    /// Returns `true` if the intent exists, but the node that it leads to has reached its limit.
    fn is_over_limit(&self, name: &str) -> bool {
        let begun = self.context.graph.global_edges().filter(|edge| self.state.done.contains(&edge.from));
        let begun = intents::named(begun.collect());
        let found = intents::find(&begun, &self.state, self.context.graph, name);
        !self.is_current_topic(name) && matches!(found, Found::Edge(_))
    }

    /// Reports that the limit is reached. An unfinished topic continues, and a failed tool can still be retried.
    fn report_limit(&mut self) {
        let failed = self.state.phase == Phase::DeadEnd { why: DeadEnd::Failed };
        if failed || self.is_unfinished() {
            self.preceding.push(next_action::dead_end(&self.state, self.context, &DeadEnd::Limit));
        } else {
            self.state.phase = Phase::DeadEnd { why: DeadEnd::Limit };
        }
    }

    /// Returns `true` if the event brings what the matter at hand takes.
    fn goes_on_with(&self, event: &Event) -> bool {
        let names: Vec<String> = event.slots.keys().map(|name| self.context.argument(name)).collect();
        event.tool_result.is_some() || event.skip || self.takes_ahead(&names)
    }

    /// The customer wants nothing of what is asked or offered. With values that the matter takes it only says that they have no
    /// new intent.
    fn handle_no_intent(&mut self, event: &Event) {
        let goes_on = event.slots.is_empty() && event.tool_result.is_none() && !event.skip;
        match self.state.phase {
            Phase::Fill if !goes_on && self.goes_on_with(event) => {
                if !event.slots.is_empty() {
                    self.state.ignore("intent", &StepError::NothingLeft);
                }
            }
            Phase::Offer => self.give_up_suspended(),
            Phase::Choose | Phase::Speak if self.state.at == self.context.graph.start().id => {
                if !self.advance_wordless() {
                    self.leave_topic(DeadEnd::NoIntent);
                }
            }
            Phase::Choose => self.close_topic(),
            Phase::Speak => self.close_topic(),
            Phase::Finish | Phase::Close | Phase::DeadEnd { .. } => self.state.phase = Phase::Close,
            _ => self.leave_topic(DeadEnd::NoIntent),
        }
    }

    /// Ends a topic whose last answer is all that the customer wanted.
    fn close_topic(&mut self) {
        if self.advance_wordless() {
            return;
        }
        self.state.commit();
        self.drop_topic(self.state.steps);
        if !self.resume_suspended() {
            self.state.phase = Phase::Close;
        }
    }

    /// Leaves the current topic. The suspended one is resumed; without one the customer is told what is possible.
    fn leave_topic(&mut self, why: DeadEnd) {
        let told = matches!(self.state.phase, Phase::DeadEnd { why: DeadEnd::Left | DeadEnd::NoIntent });
        let stuck = matches!(self.state.phase, Phase::DeadEnd { .. }) && !told;
        let in_topic = why == DeadEnd::NoIntent || self.is_unfinished() || stuck;
        if !in_topic && self.state.stack.is_empty() {
            return self.state.phase = Phase::Close;
        }
        self.drop_topic(self.state.steps);
        if !self.resume_suspended() {
            self.state.phase = Phase::DeadEnd { why };
        }
    }

    fn select_edge(&mut self, edge: &Edge, switch: Option<Switch>) {
        let graph = self.context.graph;
        let waits = self.state.is_suspended(edge);
        let local = intents::local(&self.state, self.context).iter().any(|other| std::ptr::eq(*other, edge));
        match switch {
            _ if local && !waits => self.follow_local(edge),
            _ if !waits && !intents::may_enter(&self.state, graph, edge) => self.ask_further(),
            Some(Switch::Stay) => {}
            _ if self.is_unfinished() && self.state.is_about(edge) && !graph.leads_to_person(edge) => {}
            None if self.is_unfinished() && self.helps(edge) => self.interrupt(edge),
            None if self.is_unfinished() && self.state.phase != Phase::Choose => self.ask_to_switch(edge),
            Some(Switch::ComeBack) if self.is_unfinished() => self.switch_topic(edge, CurrentTopic::Suspend),
            _ => self.switch_topic(edge, CurrentTopic::Drop),
        }
    }

    /// A further question on the current topic.
    fn ask_further(&mut self) {
        self.state.phase = Phase::Speak;
        if let Some(text) = self.state.unheard.take() {
            self.state.words = Some(text);
        }
    }

    /// Returns `true` if the intent interrupts the current topic without a question: a person is at hand at any time, a question
    /// is answered and the topic goes on, and who is asked for an address may be known by a name.
    fn helps(&self, edge: &Edge) -> bool {
        let identifying = self.context.own_tool(self.node()) == Some(IDENTIFY_TOOL);
        let target = self.context.own_tool(self.context.node(&edge.to));
        // A matter that only offers how it goes on has told what it had to tell.
        let answers = self.context.node(&edge.to).behavior == Behavior::Answer && self.state.phase != Phase::Choose;
        self.leads_to_person(edge)
            || answers
            || (identifying && [toolbox::ADD_TOOL, toolbox::SEARCH_TOOL].map(Some).contains(&target))
    }

    /// Follows an edge of the current node. At the start it begins a topic; elsewhere it continues the current one.
    fn follow_local(&mut self, edge: &Edge) {
        if edge.from == self.context.graph.start().id {
            self.drop_topic_unless_ended();
        }
        if self.context.graph.leads_to_person(edge) {
            self.state.leave_records(|_| false);
        }
        self.follow(edge);
    }

    fn ask_to_switch(&mut self, edge: &Edge) {
        if let Some(to) = Topic::of(edge) {
            let was = Box::new(self.state.phase.clone());
            let (words, since) = (self.state.unheard.take(), self.state.steps);
            self.state.phase = Phase::Switch { to, was, words, since };
        }
    }

    /// Handles a decision about the current topic. `leave` always leads out of it.
    pub(super) fn handle_switch(&mut self, switch: Switch, event: &Event) {
        let Phase::Switch { to, was, words, since } = self.state.phase.clone() else {
            return match switch {
                Switch::Leave if self.state.phase == Phase::Offer => self.give_up_suspended(),
                Switch::ComeBack | Switch::Stay if self.state.phase == Phase::Offer => self.go_on_with_suspended(),
                Switch::Leave => self.leave_topic(DeadEnd::Left),
                // It has told what it had to tell, and another waits.
                Switch::ComeBack if self.state.phase == Phase::Choose && !self.state.stack.is_empty() => {
                    self.close_topic()
                }
                // Values go on with what is asked: there is nothing to come back to.
                Switch::ComeBack if self.is_unfinished() && event.slots.is_empty() => self.put_off_topic(),
                Switch::ComeBack | Switch::Stay => {}
            };
        };
        self.state.phase = *was;
        if switch == Switch::Stay {
            return self.state.take_back_wish(self.context, since);
        }
        self.state.unheard = words.or(self.state.unheard.take());
        let offers = self.offers();
        match offers.iter().map(|offer| offer.edge).find(|edge| to.started_by(edge)) {
            Some(edge) if switch == Switch::ComeBack => self.switch_topic_since(edge, CurrentTopic::Suspend, since),
            Some(edge) => self.switch_topic_since(edge, CurrentTopic::Drop, since),
            None => self.report_limit(),
        }
    }

    /// The customer does not want to go on with the topic that was interrupted.
    fn give_up_suspended(&mut self) {
        self.state.forget_waiting_person(self.context);
        self.state.drop_suspended();
        if !self.resume_suspended() {
            self.state.phase = Phase::Close;
        }
    }

    /// Values that were asked for before the interruption say that it is to go on.
    pub(super) fn go_on_by_values(&mut self, event: &Event) {
        let only_values = event.intent.is_none() && event.switch.is_none() && !event.slots.is_empty();
        if only_values && !self.is_told && self.state.phase == Phase::Offer {
            self.go_on_with_suspended();
        }
    }

    /// Suspends the current topic before the customer has said what they want first.
    fn put_off_topic(&mut self) {
        self.state.suspend_topic();
        self.return_to_start();
        self.state.phase = Phase::Choose;
    }
}

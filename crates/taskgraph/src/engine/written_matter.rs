//! The matter that was written into HubSpot last. If the customer turns out to be somebody else, it is written for them
//! again, and what stands on the other's record is named.

use serde_json::{Map, Value};

use super::{
    action::Action,
    event::Event,
    navigation::{CurrentTopic, Navigator},
    next_action,
    state::Phase,
    toolbox::{self, TASK, TICKET, Words},
    waiting::{LeftTopic, WrittenMatter},
};
use crate::{instructions, rules::IDENTIFY_TOOL};

impl Navigator<'_> {
    /// Keeps what this call has written of the customer's matter.
    pub(super) fn note_written(&mut self, tool: &str, sent: &Map<String, Value>, result: &Value) {
        let takes = toolbox::WORD_ARGUMENTS.iter().find(|(of, _, words)| *of == tool && *words != Words::Conversation);
        let Some((_, argument, words)) = takes else { return };
        let sent_words = || sent.get(*argument).and_then(Value::as_str).map(str::to_owned);
        let words = if *words == Words::Request { self.state.words.clone() } else { sent_words() };
        if let (Some(topic), Some(words)) = (self.state.topic.clone(), words) {
            let record = [TICKET, TASK].iter().find_map(|name| result.get(*name)).cloned();
            self.state.written = Some(WrittenMatter { topic, words, record });
            self.state.doubted = None;
        }
    }

    /// The customer is somebody else than was thought: what was written of their matter is meant for them if the address
    /// before was wrong. Where the model does not say so, it is asked, and nothing is taken of the other's matter.
    pub(super) fn write_again_for(&mut self, event: &Event) {
        let Some(written) = self.state.written.take() else { return };
        match self.says_correction(event) {
            Some(true) => self.write_again(written, event),
            Some(false) => {}
            None => (self.state.doubted, self.doubts) = (Some(written), true),
        }
    }

    /// Says what was written for the address before, unless the next question is whether it was wrong.
    pub(super) fn name_doubted(&mut self, next: &Action) {
        let asks =
            matches!(next, Action::Slots { missing, .. } if missing.iter().any(|one| one.name == toolbox::CORRECTION));
        let record =
            self.state.doubted.as_ref().and_then(|doubted| doubted.record.as_ref()).filter(|_| self.doubts && !asks);
        if let Some(id) = record.map(toolbox::plain_id) {
            self.preceding.push(next_action::say(instructions::perhaps_wrong(&id)));
        }
    }

    /// Takes the answer to the question whether the address before was wrong. Whoever says something else was another
    /// customer.
    pub(super) fn settle_doubt(&mut self, event: &Event) {
        let identifies = self.context.own_tool(self.node()) == Some(IDENTIFY_TOOL) && self.state.phase == Phase::Fill;
        let said = self.says_correction(event);
        if said == Some(true) {
            self.state.caller = None; // They are the one whose record it is.
        }
        let is_asked = identifies && event.tool_result.is_none() && *event != Event::default();
        let Some(doubted) = self.state.doubted.take_if(|_| said.is_some() || is_asked) else { return };
        if said == Some(true) {
            self.write_again(doubted, event);
        }
    }

    /// What the event says of the address before: that it was wrong, or that the customer is another one.
    pub(super) fn says_correction(&self, event: &Event) -> Option<bool> {
        let slot = event.slots.iter().find(|(name, _)| self.context.argument(name) == toolbox::CORRECTION);
        let said = slot.map(|(_, value)| value)?;
        said.as_bool().or_else(|| said.as_str()?.trim().parse().ok())
    }

    fn write_again(&mut self, written: WrittenMatter, event: &Event) {
        if let Some(id) = written.record.as_ref().map(toolbox::plain_id) {
            self.preceding.push(next_action::say(instructions::written_for_another(&id)));
        }
        let WrittenMatter { topic, words, .. } = written;
        if self.is_unfinished() && self.state.topic.as_ref() == Some(&topic) {
            // It has begun for the new address already.
            let said = self.state.words.take();
            self.state.words = self.added(Some(words), said);
            return;
        }
        self.state.left.retain(|left| left.topic != topic);
        self.state.left.push(LeftTopic { topic: topic.clone(), words });
        let alone = event.intent.is_none() && event.switch.is_none() && !self.is_unfinished();
        if alone && let Some(edge) = self.offers().iter().map(|offer| offer.edge).find(|edge| topic.started_by(edge)) {
            self.switch_topic(edge, CurrentTopic::Drop);
        }
    }
}

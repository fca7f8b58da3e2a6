//! Topics that wait while another one is handled: suspended, resumed, given up.

use super::{
    known_value::{KnownValue, KnownValues, Source},
    limits::STACK_MAX,
    state::{CONTACT, State},
    toolbox::CUSTOMER_ARGUMENTS,
    waiting::{LeftTopic, SuspendedTopic},
};
use crate::graph::Edge;

impl State {
    /// Suspends the current topic.
    pub(super) fn suspend_topic(&mut self) {
        if self.stack.len() >= STACK_MAX {
            self.stack.remove(0);
        }
        self.stack.push(SuspendedTopic {
            at: self.at.clone(),
            phase: self.phase.clone(),
            topic: self.topic.clone(),
            nested: self.nested.clone(),
            known: self.known.clone(),
            tries: self.tries,
            failed: self.failed.clone(),
            words: self.words.take(),
            entered: std::mem::take(&mut self.entered),
            shown: self.shown.take(),
            unasked: false,
        });
    }

    /// Gives up the newest suspended topic. What was said of it is kept for the case that the customer comes back to it.
    pub(super) fn drop_suspended(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        for id in frame.entered {
            self.take_back_visit(&id);
        }
        let said = frame.known.into_iter().filter(|(_, known)| known.source != Source::Tool).collect();
        self.add_newer_of_another_topic(said);
        if let (Some(topic), Some(words)) = (frame.topic, frame.words) {
            self.left.retain(|left| left.topic != topic);
            self.left.push(LeftTopic { topic, words });
        }
    }

    /// Returns `true` if the topic that began with this edge is suspended.
    pub(super) fn is_suspended(&self, edge: &Edge) -> bool {
        self.stack.iter().any(|frame| frame.started_by(edge))
    }

    /// Removes the suspended topic that began with this edge, the newest if there are several.
    pub(super) fn take_suspended(&mut self, edge: &Edge) -> Option<SuspendedTopic> {
        let position = self.stack.iter().rposition(|frame| frame.started_by(edge))?;
        Some(self.stack.remove(position))
    }

    /// Resumes a suspended topic. Values learnt in the meantime are added; those of another customer are set apart for them.
    pub(super) fn resume(&mut self, frame: SuspendedTopic) {
        self.age_topic(self.steps);
        let learnt = std::mem::replace(&mut self.known, frame.known);
        let contact = |known: &KnownValues| known.get(CONTACT).map(|known| known.value.clone());
        match (contact(&self.known), contact(&learnt)) {
            (Some(before), Some(now)) if before != now => self.apart.keep(now, learnt),
            _ => {
                // What was said with the wish to go on is newer than what a tool had found.
                let said = |known: &KnownValue| known.source == Source::Said(self.steps) && !known.stale;
                let (said, learnt): (KnownValues, KnownValues) = learnt.into_iter().partition(|(_, known)| said(known));
                self.add_newer(learnt);
                self.known.extend(said);
            }
        }
        self.recall();
        self.keep_words();
        self.commit();
        (self.words, self.entered, self.shown) = (frame.words, frame.entered, frame.shown);
        self.at = frame.at;
        (self.phase, self.topic, self.nested) = (frame.phase, frame.topic, frame.nested);
        // The failure was before what was learnt meanwhile.
        (self.tries, self.failed) = (frame.tries, None);
    }

    /// Takes those values of which nothing newer is known.
    fn add_newer(&mut self, values: KnownValues) {
        for (name, known) in values {
            if self.known.get(&name).is_none_or(|before| known.source > before.source) {
                let stale = known.stale && !self.known.contains_key(&name);
                self.known.insert(name, KnownValue { stale, ..known });
            }
        }
    }

    /// Takes those values of another topic of which nothing newer is known, for the case that it is taken up again.
    fn add_newer_of_another_topic(&mut self, values: KnownValues) {
        for (name, known) in values {
            if self.known.get(&name).is_none_or(|before| known.source > before.source) {
                let stale = !CUSTOMER_ARGUMENTS.contains(&name.as_str());
                self.known.insert(name, KnownValue { stale, ..known });
            }
        }
    }

    /// Brings back what was stated for the customer who is known now and was set apart, where nothing newer is known.
    pub(super) fn recall(&mut self) {
        let Some(contact) = self.known.get(CONTACT) else { return };
        let apart = self.apart.take(&contact.value);
        self.add_newer_of_another_topic(apart);
    }
}

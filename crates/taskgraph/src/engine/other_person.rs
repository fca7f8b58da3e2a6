//! Graphs in which whoever talks is no customer but somebody who looks customers up, such as the contact assistant: each
//! topic is about another person, and what was meant for one of them is never written of another.

use super::{
    context::RunContext,
    known_value::{KnownValue, Source},
    state::State,
    toolbox::SEARCH_TOOL,
};

impl State {
    /// Forgets the person of the topic that ends or waits here, and all that was to be written of them. What was said from
    /// `step` on is of the next topic.
    pub(super) fn part_from_person(&mut self, context: &RunContext, step: u32) {
        if context.is_of_others() {
            self.known.retain(|_, known| matches!(known.source, Source::Said(said) if said >= step));
            self.choices.clear();
            self.tickets = None;
        }
    }

    /// Leaves the person of the topic that waits with it: it keeps nothing that was said from `step` on, of the next one.
    pub(super) fn leave_person_waiting(&mut self, context: &RunContext, step: u32) {
        if context.is_of_others()
            && let Some(frame) = self.stack.last_mut()
        {
            frame.known.retain(|_, known| !matches!(known.source, Source::Said(said) if said >= step));
        }
        self.part_from_person(context, step);
    }

    /// Takes back what was said from `since` on with a wish for another topic, which is not begun. What is said in this step
    /// stays.
    pub(super) fn take_back_wish(&mut self, context: &RunContext, since: u32) {
        let now = self.steps;
        let with_wish = |known: &KnownValue| matches!(known.source, Source::Said(said) if (since..now).contains(&said));
        if context.is_of_others() {
            self.known.retain(|_, known| !with_wish(known));
        }
    }

    /// Forgets the person of the topic that waits and is given up.
    pub(super) fn forget_waiting_person(&mut self, context: &RunContext) {
        if context.is_of_others()
            && let Some(frame) = self.stack.last_mut()
        {
            frame.known.clear();
        }
    }

    /// Forgets who was found before: a search is for the one who is meant now.
    pub(super) fn forget_earlier_hit(&mut self, context: &RunContext, tool: &str) {
        if tool == SEARCH_TOOL && context.is_of_others() {
            self.forget_tool_values();
        }
    }
}

//! Collects what a turn has shown, and notes the values that the rules want of it. Nothing is written yet.

use super::evidence::{self, ShownInTurn};
use super::wanted;
use crate::autopilot::attempt::Attempt;
use crate::autopilot::load::LoadedConversation;

impl Attempt<'_> {
    /// Notes the wanted values in the memory, which the caller keeps. `trigger` is the customer's newest message.
    pub(in crate::autopilot) fn collect_leads(
        &mut self,
        seen: &LoadedConversation,
        matter: usize,
        trigger: &str,
        shown: &ShownInTurn,
    ) {
        let Some(leads) = &self.pilot.settings.leads else { return };
        self.memory.leads.note_intents(&shown.intents);
        let memory = &self.memory;
        let found = evidence::of(&seen.entries, matter, &memory.leads.intents, &memory.written, shown);
        let values = wanted::of(&leads.rules, &found);
        self.memory.leads.want(values, trigger);
    }
}

//! Collects what a turn has shown, and notes the values that the rules want of it. Nothing is written yet.

use super::evidence::{self, ShownInTurn};
use super::told::ToldLeads;
use super::wanted;
use crate::autopilot::attempt::Attempt;
use crate::autopilot::load::LoadedConversation;

impl Attempt<'_> {
    /// Notes the wanted values in the memory, which the caller keeps. `trigger` is the customer's newest message, and `asked`
    /// are the places of those that the turn was about. Only what the thread's own contact has said and shown counts.
    pub(in crate::autopilot) fn collect_leads(
        &mut self,
        seen: &LoadedConversation,
        matter: usize,
        trigger: &str,
        asked: &[usize],
        shown: &ShownInTurn,
    ) {
        let Some(leads) = &self.pilot.settings.leads else { return };
        let Some(contact) = &seen.thread.contact_id else { return };
        if !self.memory.leads.belong_to(contact.as_str()) {
            return;
        }
        let sender = format!("V-{contact}");
        let of_others = ShownInTurn::default();
        let shown = if evidence::are_all_of(&seen.entries, asked, &sender) { shown } else { &of_others };
        self.memory.leads.note_turn(shown);
        let words = evidence::words_of(&seen.entries, matter, &sender);
        let memory = &self.memory.leads;
        let found = evidence::of(&words, &memory.intents, &memory.tools, shown);
        let values = wanted::of(&leads.rules, &found);
        let told = ToldLeads::of(&seen.entries);
        self.memory.leads.want(values.into_iter().filter(|(property, value)| !told.has(property, value)), trigger);
    }
}

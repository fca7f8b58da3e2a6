//! The wishes about appointments that colleagues are told: a task for each owner, and for one appointment only one, which
//! says the newest wish first.

use serde_json::Value;

use super::{
    context::RunContext,
    handoff,
    state::State,
    toolbox::{self, APPOINTMENT, TASK, TASK_TOOL},
    waiting::PassedOn,
};

/// The field with the owner of an appointment.
const OWNER: &str = "owner_id";

/// The appointments that a hand-off is about: the one that the customer has, the one they have chosen, or those that
/// their words name.
pub(super) fn meant<'s>(state: &'s State, context: &RunContext<'_>, tool: &str) -> Vec<&'s Value> {
    if !is_about_appointments(state, context, tool) {
        return vec![];
    }
    if !state.remaining.is_empty() {
        return state.appointments.iter().filter(|one| state.remaining.contains(&one[APPOINTMENT])).collect();
    }
    of_wish(state)
}

/// The appointments of the wish at hand.
fn of_wish(state: &State) -> Vec<&Value> {
    let all = || state.appointments.iter();
    if let Some(chosen) = state.known.get(APPOINTMENT).filter(|known| !known.stale) {
        let chosen = toolbox::named_appointments(&state.appointments, &chosen.value);
        return all().filter(|one| chosen.contains(&one[APPOINTMENT])).collect();
    }
    if state.appointments.len() < 2 {
        return all().collect();
    }
    let words = state.words.as_deref().unwrap_or_default().to_lowercase();
    let names = |one: &&Value, field: &str| {
        let name = one[field].as_str().unwrap_or_default().trim().to_lowercase();
        !name.is_empty() && words.contains(&name)
    };
    let by_title: Vec<&Value> = all().filter(|one| names(one, "title")).collect();
    let by_day: Vec<&Value> = all().filter(|one| names(one, "weekday")).collect();
    if by_title.is_empty() && by_day.len() == 1 { by_day } else { by_title }
}

/// The appointments of one call: those of the owner of the first.
pub(super) fn of_call<'s>(state: &'s State, context: &RunContext<'_>, tool: &str) -> Vec<&'s Value> {
    let meant = meant(state, context, tool);
    let first = meant.first().map(|first| first[OWNER].clone());
    meant.into_iter().filter(|one| Some(&one[OWNER]) == first.as_ref()).collect()
}

/// Returns `true` if a task follows the look-up of appointments in the topic at hand.
pub(super) fn is_about_appointments(state: &State, context: &RunContext<'_>, tool: &str) -> bool {
    tool == TASK_TOOL && handoff::is_about_appointments(state, context)
}

/// What the colleague needs to know of the appointments, whose they are, and the task that tells of them already.
pub(super) fn argument(state: &State, context: &RunContext<'_>, tool: &str, name: &str) -> Option<Value> {
    if !["owner", "reason", TASK].contains(&name) {
        return None;
    }
    let about = of_call(state, context, tool);
    let first = about.first()?;
    match name {
        "owner" => return first.get(OWNER).cloned(),
        TASK => return task_of(state, &about),
        _ => {}
    }
    let line = |one: &&Value| {
        let parts = ["weekday", "start", "title", "owner", APPOINTMENT].map(|name| one[name].as_str());
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let lines: Vec<String> = about.iter().map(|one| format!("Appointment: {}", line(one))).collect();
    Some(format!("{}\n{}", handoff::request(state, context), lines.join("\n")).into())
}

/// The newest task that tells of one of these appointments.
fn task_of(state: &State, about: &[&Value]) -> Option<Value> {
    let tells = |told: &&PassedOn| about.iter().any(|one| told.appointments.contains(&one[APPOINTMENT]));
    state.passed_on.iter().rev().find(tells).map(|told| told.task.clone())
}

/// The ids of appointments.
pub(super) fn ids(appointments: &[&Value]) -> Vec<Value> {
    appointments.iter().map(|one| one[APPOINTMENT].clone()).collect()
}

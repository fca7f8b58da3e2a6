//! The tasks that tell colleagues of wishes about appointments: one after another for several owners, and changed later.

use serde_json::Value;

use super::{
    arguments,
    event::Failure,
    known_value::{KnownValue, Source},
    navigation::Navigator,
    passed_on,
    toolbox::{self, APPOINTMENT, TASK, TASK_TOOL},
    waiting::PassedOn,
};
use domain::code::Code;

/// The most wishes that are kept; the oldest are dropped.
const WISHES_MAX: usize = 20;

impl Navigator<'_> {
    /// Keeps the task that tells of these appointments.
    pub(super) fn note_passed_on(&mut self, tool: &str, result: &Value) {
        let appointments = passed_on::ids(&passed_on::of_call(&self.state, self.context, tool));
        let meant = passed_on::ids(&passed_on::meant(&self.state, self.context, tool));
        self.state.remaining = meant.into_iter().filter(|id| !appointments.contains(id)).collect();
        let takes = self.context.spec_of(tool).is_some_and(|spec| spec.has(TASK));
        let Some(task) = result.get(TASK).filter(|_| takes && !appointments.is_empty()).cloned() else { return };
        self.state.passed_on.retain(|told| told.task != task);
        if self.state.passed_on.len() >= WISHES_MAX {
            self.state.passed_on.remove(0);
        }
        self.state.passed_on.push(PassedOn { task, appointments, turn: self.state.turn });
    }

    /// Goes on to the owner of the appointments that are left. Returns `false` if there are none.
    pub(super) fn passes_on_the_next(&mut self, tool: &str) -> bool {
        let goes_on = tool == TASK_TOOL && !self.state.remaining.is_empty();
        if goes_on {
            (self.state.tries, self.state.failed) = (0, None);
        }
        goes_on
    }

    /// Takes the appointments that were named before they were looked up. A name that is none of theirs is ignored.
    pub(super) fn find_named_ahead(&mut self) {
        let Some(known) = self.state.known.get(APPOINTMENT).filter(|known| !known.stale).cloned() else { return };
        let found = toolbox::named_appointments(&self.state.appointments, &known.value);
        if found.is_empty() {
            self.state.known.remove(APPOINTMENT);
        } else {
            let named = KnownValue::of(found.into(), Source::Said(self.state.steps));
            self.state.known.insert(APPOINTMENT.to_owned(), named);
        }
    }

    /// The task that was to be changed is done, gone or too old: another is made. Returns `false` for any other failure.
    pub(super) fn forgets_named_task(&mut self, tool: &str, failure: &Failure) -> bool {
        let sent = arguments::arguments(&self.state, self.context, self.node());
        let Some(task) = sent.get(TASK).filter(|_| toolbox::request_argument(tool).is_some()) else { return false };
        let is_named = failure.code == Code::InvalidInput.as_str() && failure.named().iter().any(|name| name == TASK);
        if !is_named {
            return false;
        }
        self.state.passed_on.retain(|told| told.task != *task);
        self.state.tasks.retain(|told| told.get(TASK) != Some(task));
        self.state.handed_off.take_if(|sent| sent.get(TASK) == Some(task));
        (self.state.tries, self.state.failed) = (0, None);
        true
    }
}

//! The flows that are left where tools are switched off: choices that need one are left out, and an intent that cannot be
//! served without one is not offered.

use std::collections::BTreeSet;

use crate::{
    flow::Step,
    graph::{Node, NodeId},
    resource::Behavior,
    rules::{DOCUMENTS_TOOL, LIVE_TOOL, TASK_TOOL},
};

/// The steps that are left of these, or `None` if they lead to nothing without the closed tools.
///
/// What the customer chooses may be missing; what the conversation comes to by itself may not, unless another choice is
/// left there. A way to a person is closed only where nothing comes before it.
pub(super) fn open<'a>(steps: &[Step<'a>], closed: &[&str]) -> Option<Vec<Step<'a>>> {
    let is_hand_off = matches!(steps.first(), Some(Step::Do(node)) if node.behavior == Behavior::HandOff);
    if is_hand_off && [LIVE_TOOL, TASK_TOOL].iter().all(|tool| closed.contains(tool)) {
        return None;
    }
    Pruned { closed, gone: BTreeSet::new() }.open(steps)
}

struct Pruned<'a, 'c> {
    closed: &'c [&'c str],
    /// The nodes of ways that were left out: nothing goes on with them.
    gone: BTreeSet<&'a NodeId>,
}

impl<'a> Pruned<'a, '_> {
    fn open(&mut self, steps: &[Step<'a>]) -> Option<Vec<Step<'a>>> {
        let mut left = vec![];
        let mut is_broken = false;
        for step in steps {
            match step {
                Step::Do(node) | Step::Again(node) if self.is_closed(node) => return None,
                Step::Do(node) => left.push(Step::Do(node)),
                Step::Again(node) => left.push(Step::Again(node)),
                Step::When(edge, intent, way) => left.extend(self.way(way).map(|way| Step::When(edge, intent, way))),
                Step::If(edge, way) => {
                    let way = self.way(way);
                    is_broken |= way.is_none();
                    left.push(Step::If(edge, way.unwrap_or_default()));
                }
                Step::Either(ways) => {
                    let ways: Vec<Vec<Step<'a>>> = ways.iter().filter_map(|way| self.way(way)).collect();
                    if ways.is_empty() {
                        return None;
                    }
                    left.push(Step::Either(ways));
                }
            }
        }
        let chooses = left.iter().any(|step| matches!(step, Step::When(..)));
        (!is_broken || chooses).then_some(left)
    }

    /// The steps of one way. Those of a way that is left out are gone.
    fn way(&mut self, steps: &[Step<'a>]) -> Option<Vec<Step<'a>>> {
        let left = self.open(steps);
        if left.is_none() {
            self.gone.extend(nodes(steps));
        }
        left
    }

    fn is_closed(&self, node: &'a Node) -> bool {
        self.gone.contains(&node.id) || tool(node).is_some_and(|tool| self.closed.contains(&tool))
    }
}

/// The nodes of these steps.
fn nodes<'a>(steps: &[Step<'a>]) -> Vec<&'a NodeId> {
    let of = |step: &Step<'a>| match step {
        Step::Do(node) => vec![&node.id],
        Step::When(_, _, way) | Step::If(_, way) => nodes(way),
        Step::Either(ways) => ways.iter().flat_map(|way| nodes(way)).collect(),
        Step::Again(_) => vec![],
    };
    steps.iter().flat_map(of).collect()
}

/// The tool of this server without which a node cannot be done. A person can be asked for in other ways than a task.
fn tool(node: &Node) -> Option<&str> {
    match &node.behavior {
        Behavior::Tool(tool) => Some(tool),
        Behavior::AddedTool(tool) => Some(tool),
        Behavior::Answer => Some(DOCUMENTS_TOOL),
        _ => None,
    }
}

//! Intents that the customer names ahead: a step within a matter that has not begun, such as "It is solved" of a ticket that
//! nobody has looked up yet. The matter begins, and goes that way as soon as the step can be chosen.

use super::{
    arguments,
    intents::{self, Found},
    navigation::Navigator,
    state::Phase,
    toolbox::{self, NAMING, ToolSpec},
    topic::Topic,
    way_ahead,
};
use crate::{
    graph::{Edge, NodeId},
    rules::IDENTIFY_TOOL,
};

/// The most steps without a choice between the beginning of a matter and the step that was named.
const STEPS_MAX: usize = 16;

impl<'a> Navigator<'a> {
    /// The beginning of the only matter within which an intent has this name, and the step there. Only between matters:
    /// within one, what does not fit is told.
    pub(super) fn named_ahead(&self, name: &str) -> Option<(&'a Edge, Topic)> {
        if self.is_unfinished() || !name.chars().any(char::is_alphabetic) {
            return None;
        }
        let start = &self.context.graph.start().id;
        let within = self.context.graph.edges().iter().filter(|edge| {
            edge.intent.is_some() && !edge.is_open_at_any_time() && edge.from != *start && !edge.is_by_result()
        });
        let within = intents::named(within.filter(|edge| intents::is_served(self.context, edge)).collect());
        let Found::Edge(step) = intents::find(&within, &self.state, self.context.graph, name) else { return None };
        within.iter().find(|way| std::ptr::eq(way.edge, step))?;
        let offers = self.offers();
        let mut beginnings = offers.iter().map(|offer| offer.edge).filter(|edge| self.leads_straight(edge, &step.from));
        let beginning = beginnings.next().filter(|_| beginnings.next().is_none())?;
        Some((beginning, Topic::of(step)?))
    }

    /// Returns `true` if nothing has to be chosen between the edge and the node.
    pub(super) fn leads_straight(&self, edge: &Edge, node: &NodeId) -> bool {
        self.reached_from(&edge.to).contains(&node)
    }

    /// Returns `true` if a tool of the matter at hand, from here on, takes one of these values.
    pub(super) fn takes_ahead(&self, names: &[String]) -> bool {
        let takes = |id: &NodeId| {
            let node = self.context.node(id);
            let tool = arguments::own_tool(&self.state, self.context, node);
            let spec = arguments::spec(&self.state, self.context, node);
            let names_somebody = |name: &str| tool == IDENTIFY_TOOL && NAMING.contains(&name);
            let part =
                |name: &str, spec: &ToolSpec| spec.names().any(|one| toolbox::parts_of(tool, one).contains(&name));
            let own = |name: &str| spec.as_ref().is_some_and(|spec| spec.has(name) || part(name, spec));
            names.iter().any(|name| {
                own(name) || names_somebody(name) || name == toolbox::APPOINTMENT || toolbox::identifies(name)
            })
        };
        self.reached_from(&self.state.at).into_iter().any(takes)
    }

    /// The nodes from this one on between which nothing has to be chosen.
    fn reached_from<'n>(&'n self, node: &'n NodeId) -> Vec<&'n NodeId> {
        let (mut reached, mut at) = (vec![node], 0);
        while at < reached.len() && reached.len() < STEPS_MAX {
            let onward = self.context.graph.edges_from(reached[at]).filter(|edge| edge.intent.is_none());
            let new: Vec<&NodeId> = onward.map(|edge| &edge.to).filter(|to| !reached.contains(to)).collect();
            reached.extend(new);
            at += 1;
        }
        reached
    }

    /// Goes the way that was named ahead, where it can be chosen at once.
    pub(super) fn go_ahead(&mut self) {
        let ways = if self.state.phase == Phase::Choose { intents::local(&self.state, self.context) } else { vec![] };
        if let Some(way) = way_ahead::take(&mut self.state, self.context, &ways) {
            self.follow(way);
        }
    }
}

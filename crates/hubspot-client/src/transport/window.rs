//! A rolling window of requests: how many may leave, and when the next one may.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::time::Instant;

use crate::tier::Limit;

/// A request holds a place from the moment it leaves until `span` after its answer came. HubSpot counted it somewhere
/// in between, so no window of HubSpot's can ever hold more than `max`, however long requests travel.
#[derive(Debug)]
pub(crate) struct Window {
    limit: Limit,
    flying: usize,
    /// When answers came, oldest first. Requests of others, learnt from headers, count as answers of ours.
    landed: VecDeque<Instant>,
    closed_until: Option<Instant>,
}

/// Limits that a header may name. HubSpot's are 100 to 250; anything else is somebody's mistake.
const MAX_BELIEVED: RangeInclusive<usize> = 10..=10_000;

/// Why nothing may leave now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Until(Instant),
    /// All places are held by requests whose answers are still to come.
    UntilAnAnswer,
}

impl Window {
    pub(crate) fn new(limit: Limit) -> Window {
        Window { limit, flying: 0, landed: VecDeque::new(), closed_until: None }
    }

    /// Takes a place for a request that leaves now.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Full> {
        self.forget(now);
        if let Some(until) = self.closed_until {
            return Err(Full::Until(until));
        }
        if self.left() > 0 {
            self.flying += 1;
            return Ok(());
        }
        // When the limit was lowered, several have to leave before one may come.
        let surplus = (self.flying + self.landed.len()).saturating_sub(self.limit.max);
        let freeing = self.landed.get(surplus).map(|landed| *landed + self.limit.span);
        Err(freeing.map_or(Full::UntilAnAnswer, Full::Until))
    }

    /// The answer came at `at`, or the request can only arrive until then.
    pub(crate) fn land(&mut self, at: Instant) {
        self.flying = self.flying.saturating_sub(1);
        let place = self.landed.partition_point(|landed| *landed <= at);
        self.landed.insert(place, at);
    }

    /// The place was taken and no request left.
    pub(crate) fn refund(&mut self) {
        self.flying = self.flying.saturating_sub(1);
    }

    /// HubSpot's headers on an answer to a request that left at `left_at`: what it allows and what is left.
    pub(crate) fn correct(&mut self, max: usize, remaining: usize, left_at: Instant, now: Instant) {
        if !MAX_BELIEVED.contains(&max) {
            return;
        }
        self.limit.max = max;
        let used = max.saturating_sub(remaining);
        let counted = left_at.checked_sub(self.limit.span);
        let recent = self.landed.iter().filter(|landed| counted.is_none_or(|since| **landed > since)).count();
        // What HubSpot counted and we did not send, another process with the same token did.
        let place = self.landed.partition_point(|landed| *landed <= now);
        for _ in recent + self.flying..used {
            self.landed.insert(place, now);
        }
    }

    /// HubSpot refused for the rate: nobody may try before `until`.
    pub(crate) fn close(&mut self, until: Instant) {
        self.closed_until = Some(self.closed_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// The earliest instant at which a request with so many `ahead` of it can leave.
    pub(crate) fn opening(&mut self, ahead: usize, now: Instant) -> Instant {
        self.forget(now);
        let open = self.closed_until.unwrap_or(now);
        let held = self.flying + self.landed.len();
        let Some(behind) = (held + ahead).checked_sub(self.limit.max) else { return open };
        let span = self.limit.span;
        let freeing = match self.landed.get(behind) {
            Some(landed) => *landed + span,
            None if behind < held => now + span, // Its answer is still to come, at the earliest now.
            None => now + span * (2 + ((behind - held) / self.limit.max) as u32),
        };
        open.max(freeing)
    }

    /// Requests that may leave now.
    pub(crate) fn left(&self) -> usize {
        self.limit.max.saturating_sub(self.flying + self.landed.len())
    }

    fn forget(&mut self, now: Instant) {
        let span: Duration = self.limit.span;
        while self.landed.front().is_some_and(|landed| *landed + span <= now) {
            self.landed.pop_front();
        }
        self.closed_until = self.closed_until.filter(|until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn window(max: usize) -> (Window, Instant) {
        (Window::new(Limit { max, span: 10 * SECOND }), Instant::now())
    }

    #[test]
    fn a_place_is_held_until_the_span_after_the_answer() {
        let (mut window, start) = window(2);
        assert_eq!((window.take(start), window.take(start)), (Ok(()), Ok(())));
        assert_eq!(window.take(start), Err(Full::UntilAnAnswer));
        window.land(start + SECOND);
        assert_eq!(window.take(start + SECOND), Err(Full::Until(start + 11 * SECOND)));
        assert_eq!(window.take(start + 11 * SECOND), Ok(()));
    }

    #[test]
    fn a_place_that_was_not_used_is_free_again() {
        let (mut window, start) = window(1);
        assert_eq!(window.take(start), Ok(()));
        window.refund();
        assert_eq!(window.take(start), Ok(()));
    }

    #[test]
    fn requests_of_others_are_learnt_from_headers() {
        let (mut window, start) = window(100);
        assert_eq!(window.take(start), Ok(()));
        window.correct(10, 3, start, start + SECOND); // Seven used of ten, one of them ours.
        window.land(start + SECOND);
        assert_eq!(window.left(), 3);
        window.correct(10, 3, start, start + SECOND);
        assert_eq!(window.left(), 3, "the same news twice counts once");
    }

    #[test]
    fn a_lowered_limit_waits_until_enough_have_left() {
        let (mut window, start) = window(12);
        let ms = |ms| start + Duration::from_millis(ms);
        for at in (0..1200).step_by(100) {
            assert_eq!(window.take(ms(at)), Ok(()));
            window.land(ms(at));
        }
        window.correct(10, 0, start, ms(1100));
        assert_eq!(window.take(ms(3000)), Err(Full::Until(ms(200) + 10 * SECOND)));
    }

    #[test]
    fn a_limit_that_nobody_can_mean_is_not_believed() {
        let (mut window, start) = window(100);
        for max in [0, 1, 9, 10_001, usize::MAX] {
            window.correct(max, 0, start, start);
            assert_eq!(window.left(), 100, "{max}");
        }
    }

    #[test]
    fn a_refusal_closes_the_window_for_everybody() {
        let (mut window, start) = window(5);
        window.close(start + SECOND);
        assert_eq!(window.take(start), Err(Full::Until(start + SECOND)));
        assert_eq!(window.take(start + SECOND), Ok(()));
    }

    #[test]
    fn the_wait_of_those_further_back_is_foreseen() {
        let (mut window, start) = window(2);
        for _ in 0..2 {
            assert_eq!(window.take(start), Ok(()));
            window.land(start);
        }
        let waits: Vec<_> = (0..6).map(|ahead| (window.opening(ahead, start) - start).as_secs()).collect();
        assert_eq!(waits, [10, 10, 20, 20, 30, 30]);
    }

    proptest::proptest! {
        /// However the requests and answers fall, no ten seconds of HubSpot's hold more than the limit.
        #[test]
        fn no_window_of_hubspots_is_ever_exceeded(steps in proptest::collection::vec((0_u64..2500, 0_u64..4000, 0_u64..=100), 1..120)) {
            let (mut window, start) = window(7);
            let mut now = start;
            let mut answers: Vec<Instant> = vec![];
            let mut arrivals: Vec<Instant> = vec![];
            for (pause_ms, travel_ms, share) in steps {
                now += Duration::from_millis(pause_ms);
                answers.sort();
                while answers.first().is_some_and(|answer| *answer <= now) {
                    window.land(answers.remove(0));
                }
                if window.take(now).is_ok() {
                    let travel = Duration::from_millis(travel_ms);
                    arrivals.push(now + travel.mul_f64(share as f64 / 100.0));
                    answers.push(now + travel);
                }
            }
            for end in &arrivals {
                let inside = arrivals.iter().filter(|at| **at <= *end && **at + 10 * SECOND > *end).count();
                proptest::prop_assert!(inside <= 7);
            }
        }
    }
}

//! A rolling window of requests: the number that may be sent now, and the time at which the next one may.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::tier::{Limit, PLAUSIBLE_LIMITS};

/// A request holds a place from the moment it is sent until `span` after its answer came. HubSpot counts it at some moment
/// in between, so no window of HubSpot's ever holds more than `max` requests, however long they are on their way.
#[derive(Debug)]
pub(crate) struct Window {
    limit: Limit,
    in_flight: usize,
    /// The instants of the answers, oldest first. Requests of other processes, known from headers, stand here as well.
    finished: VecDeque<Instant>,
    closed_until: Option<Instant>,
}

/// The reason why nothing may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    Until(Instant),
    /// All places are held by requests without an answer so far.
    UntilResponse,
}

impl Window {
    pub(crate) fn new(limit: Limit) -> Window {
        Window { limit, in_flight: 0, finished: VecDeque::new(), closed_until: None }
    }

    /// Takes a place for a request that is sent now.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Full> {
        self.forget(now);
        if let Some(until) = self.closed_until {
            return Err(Full::Until(until));
        }
        if self.left() > 0 {
            self.in_flight += 1;
            return Ok(());
        }
        // After the limit was lowered, several places have to become free before one may be taken.
        let surplus = (self.in_flight + self.finished.len()).saturating_sub(self.limit.max);
        let freeing = self.finished.get(surplus).map(|finished| *finished + self.limit.span);
        Err(freeing.map_or(Full::UntilResponse, Full::Until))
    }

    /// The answer came at `at`, or HubSpot can count the request until then at the latest.
    pub(crate) fn on_response(&mut self, at: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let place = self.finished.partition_point(|finished| *finished <= at);
        self.finished.insert(place, at);
    }

    /// Gives back a place for which no request was sent.
    pub(crate) fn refund(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Applies the headers of an answer to a request that was sent at `sent_at`: the limit and the remaining requests.
    pub(crate) fn correct(&mut self, max: usize, remaining: usize, sent_at: Instant, now: Instant) {
        if !PLAUSIBLE_LIMITS.contains(&max) {
            return;
        }
        self.limit.max = max;
        let used = max.saturating_sub(remaining);
        let counted = sent_at.checked_sub(self.limit.span);
        let recent = self.finished.iter().filter(|finished| counted.is_none_or(|since| **finished > since)).count();
        // Requests that HubSpot counted and this process did not send came from another process with the same token.
        let place = self.finished.partition_point(|finished| *finished <= now);
        for _ in recent + self.in_flight..used {
            self.finished.insert(place, now);
        }
    }

    /// HubSpot refused a request for its rate: nothing is sent before `until`.
    pub(crate) fn close(&mut self, until: Instant) {
        self.closed_until = Some(self.closed_until.map_or(until, |earlier| earlier.max(until)));
    }

    /// The earliest instant at which a request with `ahead` others before it can be sent.
    pub(crate) fn opening(&mut self, ahead: usize, now: Instant) -> Instant {
        self.forget(now);
        let open = self.closed_until.unwrap_or(now);
        let held = self.in_flight + self.finished.len();
        let Some(behind) = (held + ahead).checked_sub(self.limit.max) else { return open };
        let span = self.limit.span;
        let freeing = match self.finished.get(behind) {
            Some(finished) => *finished + span,
            None if behind < held => now + span, // Its answer comes now at the earliest.
            None => now + span * (2 + ((behind - held) / self.limit.max) as u32),
        };
        open.max(freeing)
    }

    /// Counts by another limit from now on.
    pub(crate) fn set_limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Requests without an answer so far.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The instant from which requests are sent again after HubSpot refused one for its rate.
    pub(crate) fn open_from(&self, now: Instant) -> Instant {
        self.closed_until.map_or(now, |until| until.max(now))
    }

    /// The limit, as HubSpot's headers correct it.
    pub(crate) fn limit(&self) -> Limit {
        self.limit
    }

    /// True if HubSpot has refused a request for its rate and the pause is not over.
    pub(crate) fn is_closed(&self, now: Instant) -> bool {
        self.closed_until.is_some_and(|until| until > now)
    }

    /// The number of requests that may be sent now.
    pub(crate) fn left(&self) -> usize {
        self.limit.max.saturating_sub(self.in_flight + self.finished.len())
    }

    /// Forgets places that are free again by `now`.
    pub(crate) fn forget(&mut self, now: Instant) {
        let span: Duration = self.limit.span;
        while self.finished.front().is_some_and(|finished| *finished + span <= now) {
            self.finished.pop_front();
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
        assert_eq!(window.take(start), Err(Full::UntilResponse));
        window.on_response(start + SECOND);
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
    fn requests_of_other_processes_are_known_from_headers() {
        let (mut window, start) = window(100);
        assert_eq!(window.take(start), Ok(()));
        window.correct(10, 3, start, start + SECOND); // Seven used of ten, one of them ours.
        window.on_response(start + SECOND);
        assert_eq!(window.left(), 3);
        window.correct(10, 3, start, start + SECOND);
        assert_eq!(window.left(), 3, "the same header twice counts once");
    }

    #[test]
    fn a_lowered_limit_waits_until_enough_places_are_free() {
        let (mut window, start) = window(12);
        let ms = |ms| start + Duration::from_millis(ms);
        for at in (0..1200).step_by(100) {
            assert_eq!(window.take(ms(at)), Ok(()));
            window.on_response(ms(at));
        }
        window.correct(10, 0, start, ms(1100));
        assert_eq!(window.take(ms(3000)), Err(Full::Until(ms(200) + 10 * SECOND)));
    }

    #[test]
    fn an_implausible_limit_in_a_header_is_ignored() {
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
    fn the_wait_of_requests_further_back_is_predicted() {
        let (mut window, start) = window(2);
        for _ in 0..2 {
            assert_eq!(window.take(start), Ok(()));
            window.on_response(start);
        }
        let waits: Vec<_> = (0..6).map(|ahead| (window.opening(ahead, start) - start).as_secs()).collect();
        assert_eq!(waits, [10, 10, 20, 20, 30, 30]);
    }

    proptest::proptest! {
        /// For any times of requests and answers, no ten seconds of HubSpot's hold more than the limit.
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
                    window.on_response(answers.remove(0));
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

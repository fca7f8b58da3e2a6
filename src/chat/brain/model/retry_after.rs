//! The wait that a server asks for.

use std::time::Duration;

use chrono::DateTime;
use http::{HeaderMap, header};

/// The headers with milliseconds: OpenAI's and Azure's.
const MILLISECONDS: [&str; 2] = ["retry-after-ms", "x-ms-retry-after-ms"];

/// Reads the headers: milliseconds first, because they are the finer ones, then `Retry-After` in seconds or as a date (RFC
/// 9110, 10.2.3). A date is compared with the server's own clock, as the answer's `Date` shows it.
pub(super) fn of(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = MILLISECONDS.iter().find_map(|name| seconds(text(name)?)).map(|wait| wait / 1_000);
    milliseconds.or_else(|| {
        let asked = text(header::RETRY_AFTER.as_str())?;
        seconds(asked).or_else(|| between(text(header::DATE.as_str())?, asked))
    })
}

/// A number of seconds.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

fn between(now: &str, then: &str) -> Option<Duration> {
    let [now, then] = [now, then].map(DateTime::parse_from_rfc2822);
    Some((then.ok()? - now.ok()?).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<u128> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        of(&headers).map(|wait| wait.as_millis())
    }

    #[test]
    fn milliseconds_seconds_and_dates_are_understood() {
        let now = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(wait(&[("retry-after-ms", "1500"), ("retry-after", "2")]), Some(1500));
        assert_eq!(wait(&[("x-ms-retry-after-ms", "20")]), Some(20));
        assert_eq!(wait(&[("retry-after", "2")]), Some(2000));
        assert_eq!(wait(&[("retry-after", "0.5")]), Some(500));
        assert_eq!(wait(&[now, ("retry-after", "Wed, 21 Oct 2026 07:28:07 GMT")]), Some(7000));
        assert_eq!(wait(&[now, ("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT")]), Some(0));
        for unusable in ["-1", "soon", "NaN", "1e400", ""] {
            assert_eq!(wait(&[("retry-after", unusable)]), None, "{unusable}");
        }
    }
}

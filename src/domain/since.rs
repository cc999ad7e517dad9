//! From when on, as people say it: a day, a time, or how long ago.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Reads it; `now` is what "ago" is counted from.
///
/// # Errors
/// A text for people: it is none of these, or longer ago than a calendar reaches.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return day.to_zoned(TimeZone::UTC).map(|z| z.timestamp()).map_err(|e| e.to_string());
    }
    let ago = text.parse::<jiff::Span>().map_err(|_| {
        "this is no day (2026-11-21), time (2026-11-21T08:00:00Z) or duration (2h, 7d)".to_owned()
    })?;
    let span = if ago.is_negative() { ago.negate() } else { ago };
    let then = now.to_zoned(TimeZone::UTC).checked_sub(span);
    then.map(|z| z.timestamp()).map_err(|_| "this is too long ago".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_days_times_and_durations_and_nothing_else() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a time");
        for (text, then) in [
            ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z"),
            ("2h", "2026-11-26T10:00:00Z"),
            (" 7d ", "2026-11-19T12:00:00Z"),
            ("1 month", "2026-10-26T12:00:00Z"),
            ("90 minutes", "2026-11-26T10:30:00Z"),
        ] {
            assert_eq!(since(text, now).expect(text).to_string(), then, "{text}");
        }
        for bad in ["", "yesterday", "2026-13-01", "99999999999999999999d", "30000y"] {
            assert!(since(bad, now).is_err(), "{bad}");
        }
    }
}

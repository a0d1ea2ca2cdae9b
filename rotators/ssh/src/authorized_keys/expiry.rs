//! The day on which a line ends, by `expiry-time`.

use std::time::{Duration, SystemTime};

use time::{Date, Month};

use super::option_value;

/// When a line ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// As it stands there.
    pub(crate) text: String,
    /// Without a zone it is the host's time, which is taken for UTC here.
    pub(crate) at: SystemTime,
}

impl Expiry {
    /// The one that these options have; `None` if they have none, or one that sshd would not read.
    pub(crate) fn of(options: &[u8]) -> Option<Self> {
        let text = option_value(options, b"expiry-time")?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds(&text)?);
        Some(Self { text, at })
    }
}

/// Since 1970, of `YYYYMMDD[HHMM[SS]][Z]`.
fn seconds(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to).map_or(Ok(0), str::parse::<u64>);
    let (year, day) = (number(0, 4).ok()?, number(6, 8).ok()?);
    let month = u8::try_from(number(4, 6).ok()?).ok()?;
    let (hour, minute, second) = (
        number(8, 10).ok()?,
        number(10, 12).ok()?,
        number(12, 14).ok()?,
    );
    if year < 1970 {
        return None;
    }
    let first =
        Date::from_calendar_date(i32::try_from(year).ok()?, Month::try_from(month).ok()?, 1)
            .ok()?;
    // A day that the month does not have is in the next one, as mktime has it.
    let days = day.checked_sub(1).filter(|day| *day < 31)?;
    let midnight = first.midnight().assume_utc().unix_timestamp();
    let midnight = u64::try_from(midnight).ok()?;
    Some(midnight + ((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_sshd_reads_them() {
        for (text, expected) in [
            ("19700101", Some(0)),
            ("20000229", Some(951_782_400)),
            ("20301231Z", Some(1_924_905_600)),
            ("203012312359", Some(1_924_991_940)),
            ("20301231235958Z", Some(1_924_991_998)),
            ("2030123", None),
            ("20301331", None),
            ("2030-12-31", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn in_options() {
        let of = |options: &str| Expiry::of(options.as_bytes()).map(|expiry| expiry.text);
        let day = Some("20301231".to_owned());
        for options in [
            "expiry-time=\"20301231\"",
            "no-pty,Expiry-Time=\"20301231\",from=\"a, b\"",
        ] {
            assert_eq!(of(options), day, "{options}");
        }
        for options in [
            "",
            "no-pty",
            "environment=\"A=,expiry-time=20301231\"",
            "expiry-time",
        ] {
            assert_eq!(of(options), None, "{options}");
        }
    }
}

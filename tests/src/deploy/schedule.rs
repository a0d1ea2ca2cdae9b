//! When Secrets Manager is to rotate: what it takes as a schedule, and as the length of a window.
//!
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html>. In doubt, what is
//! not said there is refused.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/// No two rotations are closer.
const LEAST_HOURS: u32 = 4;
const MOST_DAYS: u32 = 999;

/// The hours of the day at which windows open, and how many of them lie between two at least.
struct Windows {
    hours: BTreeSet<u32>,
    apart: u32,
}

/// Nothing, if Secrets Manager takes this expression with windows of this length.
///
/// # Errors
/// What is wrong with it.
pub fn check(expression: &str, duration: &str) -> Result<(), String> {
    let windows = match parts(expression) {
        Some(("rate", rate)) => of_rate(rate)?,
        Some(("cron", cron)) => of_cron(cron)?,
        _ => return Err(format!("{expression}: neither rate(...) nor cron(...)")),
    };
    let length = duration.strip_suffix('h').and_then(number);
    let length = length
        .filter(|length| (1..=24).contains(length))
        .ok_or_else(|| format!("Duration {duration}: not 1h to 24h"))?;
    if length > windows.apart {
        return Err(format!("Duration {duration} reaches into the next window"));
    }
    match windows.hours.iter().find(|hour| *hour + length > 24) {
        Some(hour) => Err(format!(
            "Duration {duration} from {hour} o'clock reaches into the next day"
        )),
        None => Ok(()),
    }
}

fn parts(expression: &str) -> Option<(&str, &str)> {
    expression.strip_suffix(')')?.split_once('(')
}

/// Windows of days open at midnight; of those of hours, only the first one's hour is known.
fn of_rate(rate: &str) -> Result<Windows, String> {
    let wrong = || format!("rate({rate})");
    let (value, unit) = rate.split_once(' ').ok_or_else(wrong)?;
    let value = number(value).filter(|value| *value > 0).ok_or_else(wrong)?;
    let hours = match unit {
        "hour" | "hours" => value,
        "day" | "days" => value * 24,
        _ => return Err(wrong()),
    };
    if hours < LEAST_HOURS {
        return Err(format!("{}: more often than each 4 hours", wrong()));
    }
    if hours > MOST_DAYS * 24 {
        return Err(format!("{}: less often than each 999 days", wrong()));
    }
    Ok(Windows {
        hours: BTreeSet::from([0]),
        apart: hours,
    })
}

fn of_cron(cron: &str) -> Result<Windows, String> {
    let wrong = |what: &str| format!("cron({cron}): {what}");
    let fields: Vec<&str> = cron.split(' ').collect();
    let [minutes, hours, day, month, weekday, year] = fields[..] else {
        return Err(wrong("not six fields"));
    };
    if minutes != "0" {
        return Err(wrong("minutes must be 0"));
    }
    if year != "*" {
        return Err(wrong("the year must be *"));
    }
    let hours = values(hours, 0..=23, &[]).ok_or_else(|| wrong("hours"))?;
    values(month, 1..=12, &MONTHS).ok_or_else(|| wrong("month"))?;
    match (day, weekday) {
        ("?", "?") => return Err(wrong("no day")),
        ("?", weekday) if is_weekday(weekday) => {}
        (day, "?") if day == "L" || values(day, 1..=31, &[]).is_some() => {}
        ("?", _) => return Err(wrong("day of the week")),
        (_, "?") => return Err(wrong("day of the month")),
        _ => return Err(wrong("one of the days must be ?")),
    }
    let apart = apart(&hours);
    if apart < LEAST_HOURS {
        return Err(wrong("more often than each 4 hours"));
    }
    Ok(Windows { hours, apart })
}

/// The least distance of two hours, over midnight too.
fn apart(hours: &BTreeSet<u32>) -> u32 {
    let first = hours.first().map(|hour| hour + 24);
    let next = hours.iter().copied().skip(1).chain(first);
    let distances = hours.iter().zip(next).map(|(hour, next)| next - hour);
    distances.min().unwrap_or(24)
}

/// `SUN#1` is the month's first Sunday; L, the week's last day.
fn is_weekday(field: &str) -> bool {
    let counted = field.split_once('#').is_some_and(|(day, week)| {
        one(day, &(1..=7), &DAYS).is_some()
            && number(week).is_some_and(|week| (1..=5).contains(&week))
    });
    counted || field == "L" || values(field, 1..=7, &DAYS).is_some()
}

/// What a field of a cron expression stands for. None if it is none.
fn values(field: &str, range: RangeInclusive<u32>, names: &[&str]) -> Option<BTreeSet<u32>> {
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (from_to, step) = match part.split_once('/') {
            Some((from_to, step)) => (from_to, Some(number(step).filter(|step| *step > 0)?)),
            None => (part, None),
        };
        let (from, to) = match (from_to, from_to.split_once('-')) {
            ("*", _) => (*range.start(), *range.end()),
            (_, Some((from, to))) => (one(from, &range, names)?, one(to, &range, names)?),
            (from, None) => {
                let from = one(from, &range, names)?;
                (from, if step.is_some() { *range.end() } else { from })
            }
        };
        if from > to {
            return None;
        }
        all.extend((from..=to).step_by(step.unwrap_or(1) as usize));
    }
    Some(all)
}

fn one(text: &str, range: &RangeInclusive<u32>, names: &[&str]) -> Option<u32> {
    let named = names.iter().zip(range.clone());
    let named = named.filter(|(name, _)| **name == text);
    let value = named.map(|(_, value)| value).next();
    value.or_else(|| number(text).filter(|value| range.contains(value)))
}

/// Of at most six digits, and of nothing else: no sign, no blank.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
